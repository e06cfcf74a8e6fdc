import { type CapacityRange, chooseSize } from '../domain/capacity.ts'
import { StorageError } from '../domain/errors.ts'
import type { Bytes, VolumeId } from '../domain/ids.ts'
import { readMutable } from '../domain/mutable-parameters.ts'
import type { Volume } from '../domain/volume.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { Detached } from './detached.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { OperationLog } from './operation-log.ts'
import type { Readiness } from './readiness.ts'

interface Parts {
  readonly backend: VolumeBackend
  readonly detached: Detached
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly readiness: Readiness
  /** Whether a volume may grow while it is attached; only where that was proven harmless. */
  readonly onlineExpansion: boolean
}

/** Volumes that are there are changed: they grow, and what is noted about them. */
export class VolumeChanges {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Grows the volume to what the range asks for, and returns what the backend then has. Never shrinks. */
  async expand(id: VolumeId, range: CapacityRange, signal: AbortSignal): Promise<Volume> {
    const { readiness, lock, operations } = this.#parts
    readiness.require()
    const size = chooseSize(range)
    if (!size.ok) throw new StorageError(size.kind, `capacity_range: ${size.problem}`)
    return lock.tryRun(id, () =>
      operations.record('expand', id, () => this.#expand(id, size.bytes, range, signal), {
        bytes: volume => volume.bytes,
      }),
    )
  }

  /** Makes the parameters of a VolumeAttributesClass true. What is so already is left alone, also of an attached volume. */
  async modify(id: VolumeId, mutable: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    const { readiness, lock, operations } = this.#parts
    readiness.require()
    const wanted = readMutable(mutable)
    if ('problems' in wanted) throw new StorageError('invalid', `mutable_parameters: ${wanted.problems.join('; ')}`)
    await lock.tryRun(id, () => operations.record('modify', id, () => this.#note(id, wanted.note, signal)))
  }

  async #expand(id: VolumeId, bytes: Bytes, { limit }: CapacityRange, signal: AbortSignal): Promise<Volume> {
    const { backend, detached, onlineExpansion } = this.#parts
    const have = await this.#existing(id, signal)
    if (limit > 0 && have.bytes > limit) {
      throw new StorageError(
        'out-of-range',
        `volume ${id} has ${have.bytes} bytes already, more than limit_bytes ${limit}`,
      )
    }
    if (have.bytes >= bytes) return have
    if (!onlineExpansion) await detached.require(id, 'grow', signal)
    return backend.resize(id, bytes, signal)
  }

  async #note(id: VolumeId, note: string | undefined, signal: AbortSignal): Promise<void> {
    const { backend, detached } = this.#parts
    const have = await this.#existing(id, signal)
    if (note === undefined || note === (have.note ?? '')) return
    await detached.require(id, 'be modified', signal)
    await backend.annotate(id, note, signal)
  }

  async #existing(id: VolumeId, signal: AbortSignal): Promise<Volume> {
    const found = await this.#parts.backend.find(id, signal)
    if (found === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    return found
  }
}
