import type { Bytes, SnapshotId, VolumeId } from '../../src/domain/ids.ts'

interface Copy {
  readonly from: SnapshotId | VolumeId
  readonly bytes: Bytes
  readonly finish: () => void
}

/** Byte copies of an appliance that are under way. They go on until they are told to finish, unless they are `quick`. */
export class MemoryCopies {
  /** Ends each soon after it began. */
  quick = false
  readonly #running = new Map<SnapshotId | VolumeId, Copy>()

  /** `bytes`: the space that the copy takes beside what is there already. */
  begin(to: SnapshotId | VolumeId, copy: Copy): void {
    this.#running.set(to, copy)
    if (this.quick) setImmediate(() => this.finish())
  }

  isMaking(to: SnapshotId | VolumeId): boolean {
    return this.#running.has(to)
  }

  isReading(from: SnapshotId | VolumeId): boolean {
    return [...this.#running.values()].some(copy => copy.from === from)
  }

  stop(to: SnapshotId | VolumeId): void {
    this.#running.delete(to)
  }

  get bytes(): Bytes {
    return [...this.#running.values()].reduce((sum, copy) => sum + copy.bytes, 0)
  }

  finish(): void {
    for (const [to, { finish }] of this.#running) {
      this.#running.delete(to)
      finish()
    }
  }
}
