import { StorageError } from '../../src/domain/errors.ts'
import type { NodeId, VolumeId } from '../../src/domain/ids.ts'
import type { Guest, NetworkFence } from '../../src/ports/network-fence.ts'
import type { MemoryAppliance } from './memory-appliance.ts'

/** The network before a MemoryAppliance, as one process has it. It has no power over volumes that are on no own port. */
export class MemoryNetworkFence implements NetworkFence {
  readonly #appliance: MemoryAppliance
  #isStarted = false

  constructor(appliance: MemoryAppliance) {
    this.#appliance = appliance
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#isStarted = true
    if (this.#appliance.firewall === undefined) return
    await this.#appliance.script.enter('fence', '', signal)
    await this.#appliance.link.send(() => undefined, signal)
  }

  async admit(volume: VolumeId, guests: readonly Guest[], signal: AbortSignal): Promise<void> {
    await this.#enter('admit', volume, signal)
    if (this.#appliance.firewall === undefined || !this.#mayConfine(volume)) return
    const known = this.#appliance.firewall.get(volume) ?? new Map<string, NodeId>()
    const missing = guests.find(({ node, addresses }) => addresses.length === 0 && ![...known.values()].includes(node))
    if (missing !== undefined) throw new StorageError('precondition', `node ${missing.node} has no address`)
    const next = new Map([...known].filter(([address, node]) => stays(guests, address, node)))
    for (const { node, addresses } of guests) for (const at of addresses) if (!next.has(at)) next.set(at, node)
    if (JSON.stringify([...next]) === JSON.stringify([...known])) return
    await this.#appliance.link.send(() => this.#appliance.firewall?.set(volume, next), signal)
  }

  async close(volume: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#enter('close', volume, signal)
    if (this.#appliance.firewall?.has(volume) !== true) return
    await this.#appliance.link.send(() => this.#appliance.firewall?.delete(volume), signal)
  }

  async secure(signal: AbortSignal): Promise<void> {
    await this.#enter('secure', '', signal)
    this.#appliance.isWalled = this.#appliance.firewall !== undefined
  }

  confined(volume: VolumeId): boolean {
    const isOn = this.#appliance.admittedTo(volume).to !== 'nobody'
    return this.#appliance.firewall !== undefined && isOn && this.#mayConfine(volume)
  }

  volumes(): readonly VolumeId[] {
    return [...(this.#appliance.firewall?.keys() ?? [])]
  }

  #mayConfine(volume: VolumeId): boolean {
    return !this.#appliance.onCommonPort.has(volume)
  }

  async #enter(method: string, about: string, signal: AbortSignal): Promise<void> {
    if (this.#appliance.firewall !== undefined) await this.#appliance.script.enter(method, about, signal)
    if (!this.#isStarted) throw new StorageError('unavailable', 'the firewall has not been read yet')
  }
}

const stays = (guests: readonly Guest[], address: string, node: NodeId): boolean =>
  guests.some(guest => guest.node === node || guest.addresses.includes(address))
