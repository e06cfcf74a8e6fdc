import type { Bytes, VolumeId } from '../../domain/ids.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { PoolCapacity, VolumeBackend } from '../../ports/volume-backend.ts'
import type { Holdings } from './holdings.ts'
import { listedVolume, volumeOf } from './known-disk.ts'
import { VolumeCreation } from './volume-creation.ts'
import { VolumeGrowth } from './volume-growth.ts'
import { VolumeNote } from './volume-note.ts'
import { VolumeRemoval } from './volume-removal.ts'

/** Volumes as disks of type `file` on a RouterOS appliance. What is known and clear is answered without asking it. */
export class RouterOsVolumeBackend implements VolumeBackend {
  readonly #holdings: Holdings
  readonly #creation: VolumeCreation
  readonly #growth: VolumeGrowth
  readonly #note: VolumeNote
  readonly #removal: VolumeRemoval

  constructor(holdings: Holdings, clock: Clock, log: Logger) {
    this.#holdings = holdings
    this.#creation = new VolumeCreation(holdings, clock)
    this.#growth = new VolumeGrowth(holdings)
    this.#note = new VolumeNote(holdings)
    this.#removal = new VolumeRemoval(holdings, log)
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#holdings.listEverything(signal)
  }

  async create(spec: VolumeSpec, signal: AbortSignal): Promise<Volume> {
    return this.#holdings.inTurn(spec.id, signal, () => this.#creation.create(spec, signal))
  }

  async find(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#holdings.confirmed(id, signal))
    return disk && volumeOf(disk)
  }

  async known(id: VolumeId, signal: AbortSignal): Promise<Volume | undefined> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#holdings.current(id, signal))
    return disk && volumeOf(disk)
  }

  async list(signal: AbortSignal): Promise<readonly Volume[]> {
    this.#holdings.requireListed()
    await this.#holdings.listDisks(signal)
    return this.#holdings.table.tagged().map(listedVolume)
  }

  async resize(id: VolumeId, bytes: Bytes, signal: AbortSignal): Promise<Volume> {
    return this.#holdings.inTurn(id, signal, () => this.#growth.resize(id, bytes, signal))
  }

  async remove(id: VolumeId, signal: AbortSignal): Promise<void> {
    return this.#holdings.inTurn(id, signal, () => this.#removal.remove(id, signal))
  }

  async annotate(id: VolumeId, note: string, signal: AbortSignal): Promise<Volume> {
    return this.#holdings.inTurn(id, signal, () => this.#note.annotate(id, note, signal))
  }

  async capacity(signal: AbortSignal): Promise<PoolCapacity> {
    this.#holdings.requireListed()
    return this.#holdings.space.capacity(signal)
  }
}
