import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import type { Holdings } from './holdings.ts'
import { isInRange, type PortRange } from './known-disk.ts'

/**
 * On which TCP port volumes are exported: all on one, or each on one of its own. A port is not kept anywhere while the export
 * is off, since its properties may not be read back then: it is chosen anew, the same one as long as nobody else has it.
 */
export class NvmePorts {
  readonly #holdings: Holdings
  /** Chosen, and perhaps not seen on the device yet. */
  readonly #chosen = new Map<VolumeId, number>()

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /**
   * The port of the volume's export, which may have to be turned on yet; none that is `taken` is chosen. Throws `exhausted`
   * where none is free.
   */
  of(id: VolumeId, taken: readonly number[] = []): number {
    const { nvmePort, portRange } = this.#holdings.ownership
    if (portRange === undefined) return nvmePort
    const live = this.#holdings.table.disk(id)?.port
    if (live !== undefined && isInRange(live, portRange)) return live
    const port = this.#chosen.get(id) ?? this.#free(id, portRange, taken)
    this.#chosen.set(id, port)
    return port
  }

  /** The volume is exported no more. */
  release(id: VolumeId): void {
    this.#chosen.delete(id)
  }

  /** The first one that nobody has, beginning at a place that depends on the volume alone. */
  #free(id: VolumeId, { first, last }: PortRange, others: readonly number[]): number {
    const count = last - first + 1
    const taken = new Set([...others, ...this.#chosen.values(), ...this.#holdings.table.exportedPorts(id)])
    for (let step = 0, at = digest(id); step < count; step += 1) {
      const port = first + ((at + step) % count)
      if (!taken.has(port)) return port
    }
    throw new StorageError('exhausted', `all ports from ${first} to ${last} have an export: widen --nvme-port-range`)
  }
}

/** FNV-1a: spreads ids that differ in one character. */
function digest(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0
  return hash
}
