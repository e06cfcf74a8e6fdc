import { StorageError } from '../../domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { Snapshot, SnapshotSpec } from '../../domain/snapshot.ts'
import type { Volume, VolumeSpec } from '../../domain/volume.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Logger } from '../../ports/logger.ts'
import type { SnapshotAbility, SnapshotBackend } from '../../ports/snapshot-backend.ts'
import { ByteCopies } from './byte-copies.ts'
import { CopiedSnapshots } from './copied-snapshots.ts'
import { CopiedVolumes } from './copied-volumes.ts'
import type { Holdings } from './holdings.ts'
import type { Snapshots } from './snapshots.ts'
import { SubvolumeSnapshots } from './subvolume-snapshots.ts'
import { VolumeCreation } from './volume-creation.ts'
import { VolumeRemoval } from './volume-removal.ts'

/** Snapshots on a RouterOS appliance: as subvolumes where the pool is btrfs, elsewhere as copies where that is wanted. */
export class RouterOsSnapshotBackend implements SnapshotBackend {
  readonly #holdings: Holdings
  readonly #subvolumes: Snapshots
  readonly #copies: Snapshots

  constructor(holdings: Holdings, clock: Clock, log: Logger) {
    this.#holdings = holdings
    this.#subvolumes = new SubvolumeSnapshots(holdings, new VolumeCreation(holdings, clock))
    const copies = new ByteCopies(holdings, { clock, log })
    const volumes = new CopiedVolumes(holdings, { clock, copies, removal: new VolumeRemoval(holdings, log) })
    this.#copies = new CopiedSnapshots(holdings, { clock, copies, volumes })
  }

  ability(): SnapshotAbility {
    const { isListed, options, appliance } = this.#holdings
    const { pool, isAmbiguous, streams } = appliance
    if (!isListed || pool === undefined) return none('the appliance has not been listed yet')
    if (options.snapshots === 'off') return none('snapshots are switched off (--snapshot-mode=off)')
    if (pool.label !== undefined) {
      return isAmbiguous ? none(`several file systems have the label "${pool.label}"`) : { way: 'instant' }
    }
    if (options.snapshots === 'auto') {
      const kind = pool.fileSystem === 'btrfs' ? 'btrfs without a label' : pool.fileSystem
      return none(`the file system of the pool is ${kind}, without snapshots; --snapshot-mode=copy copies instead`)
    }
    return streams ? { way: 'copy' } : none('this transport cannot follow a copy; the transports api and ssh can')
  }

  async snapshot(spec: SnapshotSpec, signal: AbortSignal): Promise<Snapshot> {
    return this.#able('take snapshots').snapshot(spec, signal)
  }

  async find(id: SnapshotId, signal: AbortSignal): Promise<Snapshot | undefined> {
    return this.#kept().find(id, signal)
  }

  async list(signal: AbortSignal): Promise<readonly Snapshot[]> {
    return this.#kept().list(signal)
  }

  async remove(id: SnapshotId, signal: AbortSignal): Promise<void> {
    return this.#kept().remove(id, signal)
  }

  async restore(spec: VolumeSpec, from: SnapshotId, signal: AbortSignal): Promise<Volume> {
    return this.#able('restore snapshots').restore(spec, from, signal)
  }

  async clone(spec: VolumeSpec, from: VolumeId, signal: AbortSignal): Promise<Volume> {
    return this.#able('clone volumes').clone(spec, from, signal)
  }

  #able(task: string): Snapshots {
    this.#holdings.requireListed()
    const ability = this.ability()
    if (ability.way === 'none') throw new StorageError('unsupported', `cannot ${task}: ${ability.why}`)
    return this.#kept()
  }

  /** Where snapshots are, whether new ones can be made or not. */
  #kept(): Snapshots {
    this.#holdings.requireListed()
    const { appliance, options } = this.#holdings
    const { label, fileSystem } = appliance.pool ?? {}
    if (label !== undefined) return this.#subvolumes
    // On a btrfs that has lost its label they are still there; only who copies never had any.
    return fileSystem === 'btrfs' && options.snapshots !== 'copy' ? this.#subvolumes : this.#copies
  }
}

const none = (why: string): SnapshotAbility => ({ way: 'none', why })
