import { isStorageError, StorageError } from '../domain/errors.ts'
import type { Bytes, SnapshotId } from '../domain/ids.ts'
import type { Volume, VolumeSource, VolumeSpec } from '../domain/volume.ts'
import type { SnapshotBackend } from '../ports/snapshot-backend.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { Detached } from './detached.ts'

interface Parts {
  readonly backend: VolumeBackend
  readonly snapshots: SnapshotBackend
  readonly detached: Detached
}

/** What volumes are made from: snapshots, and other volumes. */
export class ContentSources {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * How large a volume made from it is at least. Throws `invalid` where the pool cannot do it, `not-found` where the source
   * is absent, `unavailable` where it is not ready yet, `precondition` where it is in use and would have to be copied.
   */
  async bytes(source: VolumeSource, signal: AbortSignal): Promise<Bytes> {
    const ability = this.#parts.snapshots.ability()
    if (ability.way === 'none') {
      throw new StorageError('invalid', `volume_content_source cannot be served: ${ability.why}`)
    }
    if (source.from === 'snapshot') return this.#bytesOfSnapshot(source.id, signal)
    const found = await this.#parts.backend.find(source.id, signal)
    if (found === undefined) throw new StorageError('not-found', `the source volume ${source.id} does not exist`)
    if (ability.way === 'copy') await this.#parts.detached.require(source.id, 'be copied', signal)
    return found.bytes
  }

  /** Makes the volume with the bytes of its source; `busy` while they are being copied. */
  async fill(spec: VolumeSpec, source: VolumeSource, signal: AbortSignal): Promise<Volume> {
    const { snapshots } = this.#parts
    try {
      return source.from === 'snapshot'
        ? await snapshots.restore(spec, source.id, signal)
        : await snapshots.clone(spec, source.id, signal)
    } catch (error) {
      // The specification wants INVALID_ARGUMENT for a source that cannot serve.
      if (isStorageError(error, 'unsupported')) throw new StorageError('invalid', error.message, { cause: error })
      throw error
    }
  }

  async #bytesOfSnapshot(id: SnapshotId, signal: AbortSignal): Promise<Bytes> {
    const found = await this.#parts.snapshots.find(id, signal)
    if (found === undefined) throw new StorageError('not-found', `the source snapshot ${id} does not exist`)
    if (found.ready) return found.bytes
    throw new StorageError('unavailable', `the source snapshot ${id} is still being copied; try again when it is ready`)
  }
}
