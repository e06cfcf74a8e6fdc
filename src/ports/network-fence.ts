import type { NodeId, VolumeId } from '../domain/ids.ts'

/** A node that may reach a volume over the network. */
export interface Guest {
  readonly node: NodeId
  /** IP addresses from which it connects. Empty where they are not known: what it was let in from before stays. */
  readonly addresses: readonly string[]
}

/**
 * Who can reach a volume's export over the network, whatever the export itself lets in. Passes
 * test/contracts/network-fence.contract.ts; errors and signals as with VolumeBackend.
 */
export interface NetworkFence {
  /** Learns what rules there are. Until it is done once, every other method is `unavailable`. May be repeated. */
  start(signal: AbortSignal): Promise<void>
  /**
   * Lets these nodes through to the volume's export, and nobody else: others' connections end, those of nodes that stay are
   * not touched. May come before the export is on. Addresses of a node are only added to as long as it stays. Does nothing
   * where that is so already, or for a volume that is not `confined`. `precondition` where a node has no address that it
   * could be let in from.
   */
  admit(volume: VolumeId, guests: readonly Guest[], signal: AbortSignal): Promise<void>
  /** Takes away whatever lets anybody through to the volume. Success where there is nothing. */
  close(volume: VolumeId, signal: AbortSignal): Promise<void>
  /**
   * Makes sure that what nobody is let through to is closed. To be called once all volumes that are in use have been
   * admitted: it cuts the others off.
   */
  secure(signal: AbortSignal): Promise<void>
  /** Whether this fence holds for the volume: false for an export that began where it has no power. From memory. */
  confined(volume: VolumeId): boolean
  /** Volumes for which there are rules, from memory. */
  volumes(): readonly VolumeId[]
}
export const NetworkFence = Symbol.for('NetworkFence')
