import { sameExport, type WantedExport } from './admission.ts'
import type { NodeId, VolumeId } from './ids.ts'

/** What the appliance does for a volume at the moment, as far as it is known. */
export type ActualExport = WantedExport | { readonly to: 'stranger' }

/** One volume whose export does not follow its attachment. */
export type Drift =
  /** Nobody holds it, and it is exported: off after the grace period. */
  | { readonly type: 'unjustified-export'; readonly volume: VolumeId }
  /** It is held, and exported to nobody (the appliance forgot): on again. */
  | { readonly type: 'missing-export'; readonly volume: VolumeId; readonly wanted: WantedExport }
  /** It is held by one node, and another host is let in: off, then on for its holder. */
  | { readonly type: 'wrong-host'; readonly volume: VolumeId; readonly node: NodeId }

/**
 * How one volume drifts, or undefined. An export that is wider than wanted but admits the holder is left alone: changing
 * a live export might cut the holder's session.
 */
export function drift(volume: VolumeId, wanted: WantedExport, actual: ActualExport): Drift | undefined {
  if (actual.to !== 'stranger' && sameExport(wanted, actual)) return undefined
  if (wanted.to === 'nobody') return { type: 'unjustified-export', volume }
  if (actual.to === 'nobody') return { type: 'missing-export', volume, wanted }
  return wanted.to === 'node' && actual.to !== 'any' ? { type: 'wrong-host', volume, node: wanted.node } : undefined
}
