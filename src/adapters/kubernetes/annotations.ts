import { type About, type Fact, type FactTable, tell } from '../../domain/facts.ts'
import type { Millis, VolumeId } from '../../domain/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FactSink } from '../../ports/fact-sink.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import { Backoff } from './backoff.ts'
import { BackgroundLoop } from './background-loop.ts'
import type { VolumeDirectory } from './cluster-cache.ts'
import type { KubeClient } from './kube-client.ts'
import { describeApiError, isNotFound, isPassing } from './kube-error.ts'
import { persistentVolumePath } from './resource-path.ts'

export interface AnnotationParts {
  readonly client: KubeClient
  readonly directory: VolumeDirectory
  readonly clock: Clock
  readonly log: Logger
  readonly telemetry: Telemetry
  readonly driverName: string
}

interface Note {
  readonly volume: VolumeId
  readonly holders: About['holders']
  readonly attempts: number
}

const ATTEMPTS = 5
const silent = (): void => undefined

/**
 * Writes on each PersistentVolume who holds it, for people: nothing ever reads it. Only the latest state of a volume is
 * written, behind the scenes; what fails for long is left out and logged.
 */
export class HolderAnnotations implements FactSink {
  readonly #parts: AnnotationParts
  readonly #waiting = new Map<VolumeId, Note>()
  readonly #loop: BackgroundLoop
  readonly #backoff = new Backoff()
  readonly #table: FactTable

  constructor(parts: AnnotationParts) {
    this.#parts = parts
    this.#loop = new BackgroundLoop(signal => this.#step(signal), parts)
    const note = (_: Fact, about: About): void => this.#note(about)
    this.#table = {
      attached: note,
      'attachment-refused': silent,
      'attach-failed': silent,
      detached: note,
      'detach-failed': silent,
      'stale-attachment-cleared': note,
      'migration-started': note,
      'migration-completed': note,
      'migration-failed': note,
      'migration-timed-out': silent,
      'operation-succeeded': silent,
      'operation-failed': silent,
    }
  }

  publish(fact: Fact, about: About): void {
    tell(this.#table, fact, about)
  }

  /** Resolves once nothing waits to be written. */
  async idle(): Promise<void> {
    await this.#loop.idle()
  }

  /** Writes what waits, as far as the limit allows. Nothing is written afterwards. */
  async drain(limit: Millis): Promise<void> {
    await this.#loop.drain(limit)
  }

  #note({ volume, holders }: About): void {
    this.#waiting.set(volume, { volume, holders, attempts: 0 })
    this.#loop.wake()
  }

  async #step(signal: AbortSignal): Promise<boolean> {
    const [note] = this.#waiting.values()
    if (note === undefined) return false
    this.#waiting.delete(note.volume)
    const name = this.#parts.directory.persistentVolume(note.volume)
    if (name === undefined) return true
    const { client, clock, telemetry } = this.#parts
    const start = clock.monotonic()
    try {
      const body = { metadata: { annotations: this.#annotations(note) } }
      await client.json({ method: 'PATCH', path: persistentVolumePath(name), body }, signal)
      telemetry.observe({ type: 'reconcile', action: 'sync_annotation', took: clock.monotonic() - start })
      this.#backoff.reset()
    } catch (error) {
      signal.throwIfAborted()
      if (!isNotFound(error)) await this.#failed(note, error)
    }
    return true
  }

  /** In a merge patch null removes. */
  #annotations({ holders }: Note): Readonly<Record<string, string | null>> {
    const [first] = holders
    return {
      [`${this.#parts.driverName}/attached-node`]:
        first === undefined ? null : holders.map(({ node }) => node).join(','),
      [`${this.#parts.driverName}/attached-at`]: first === undefined ? null : new Date(first.since).toISOString(),
    }
  }

  /** A newer state that waits already makes another attempt needless. */
  async #failed(note: Note, error: unknown): Promise<void> {
    const { volume, attempts } = note
    if (this.#waiting.has(volume)) return
    if (!isPassing(error) || attempts + 1 >= ATTEMPTS || this.#loop.hurried) {
      this.#parts.log.warn('who holds a volume could not be noted on it', { volume, error: describeApiError(error) })
      return
    }
    this.#waiting.set(volume, { ...note, attempts: attempts + 1 })
    await this.#loop.pause(this.#backoff.next())
  }
}
