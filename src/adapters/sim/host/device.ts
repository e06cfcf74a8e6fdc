import { isStorageError, StorageError } from '../../../domain/errors.ts'
import type { Bytes, Millis, VolumeNqn } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { NvmeTarget } from '../../../ports/nvme-initiator.ts'
import { BlockError, type BlockSession } from '../blocks/block-client.ts'
import { orAborted } from './in-turn.ts'

/** How long one read or write may take, in milliseconds: the kernel's own limit. */
const IO_LIMIT = 30_000

/**
 * What becomes of a device whose target answers again and refuses it, because the NQN is not (or not yet) exported or
 * because another host is let in. Measured with a Linux target that serves other exports on the same port:
 * - `retries`: it is tried again and recovers once the export is back, as on kernel 6.1.
 * - `givesUp`: the disk goes at the first refused attempt, whatever `ctrlLossTmo` says, and what is mounted from it is
 *   dead for good, as on kernel 6.12: such a refusal says "do not retry" (NVMe status 0x4182 and 0x4184, bit DNR).
 * No difference while nothing answers: both wait for `ctrlLossTmo`.
 */
export type MissingNqn = 'retries' | 'givesUp'

export interface DeviceOptions {
  readonly path: string
  readonly target: NvmeTarget
  readonly session: BlockSession
  /** Opens a session again; see `openSession`. */
  readonly open: (target: NvmeTarget, signal: AbortSignal) => Promise<BlockSession>
  readonly clock: Clock
  readonly logger: Logger
  readonly onMissingNqn: MissingNqn
  /** Called once, with the last refusal, when nothing is tried any more; the device is dead for good. */
  readonly onGivenUp: (device: SimulatedDevice, why: unknown) => void
}

/**
 * The block device behind a session. A session that the target cut leaves a dead device: every operation fails
 * (`unavailable`) until a new session is there, which is tried every `reconnectDelay` seconds until the device is given
 * up: after `ctrlLossTmo` seconds, or at a refusal (see `MissingNqn`).
 */
export class SimulatedDevice {
  readonly path: string
  readonly #options: DeviceOptions
  readonly #stop = new AbortController()
  #target: NvmeTarget
  #session: BlockSession | undefined
  #bytes: Bytes
  #attempt: Promise<void> | undefined
  #recovery: Promise<void> | undefined

  constructor(options: DeviceOptions) {
    this.path = options.path
    this.#options = options
    this.#target = options.target
    this.#bytes = options.session.size
    this.#adopt(options.session)
  }

  get nqn(): VolumeNqn {
    return this.#target.nqn
  }

  /** True while its session lasts. */
  get live(): boolean {
    return this.#session !== undefined
  }

  /** The size that the target told last. */
  get bytes(): Bytes {
    return this.#bytes
  }

  read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    return this.#perform(signal, (session, limit) => session.read(offset, length, limit))
  }

  write(offset: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#perform(signal, (session, limit) => session.write(offset, data, limit))
  }

  flush(signal: AbortSignal): Promise<void> {
    return this.#perform(signal, (session, limit) => session.flush(limit))
  }

  /** Where the first byte lies that is not zero; undefined where the whole device holds zeros alone. Looks at all of it. */
  async firstData(signal: AbortSignal): Promise<number | undefined> {
    for (let from = 0; from < this.#bytes; ) {
      const { found, at } = await this.#perform(signal, (session, limit) => session.seekData(from, limit))
      if (found) return at
      from = at
    }
    return undefined
  }

  /** Asks the target for the size anew. */
  async rescan(signal: AbortSignal): Promise<void> {
    this.#bytes = await this.#perform(signal, (session, limit) => session.refreshSize(limit))
  }

  /** One attempt to get a session again, under these terms. Does nothing while there is one. Errors as `openSession`. */
  async reopen(target: NvmeTarget, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#target = target
    this.#attempt ??= this.#reopen().finally(() => (this.#attempt = undefined))
    await orAborted(this.#attempt, signal)
  }

  /** Ends the session and every attempt to get another one; the device is dead for good. */
  async close(): Promise<void> {
    this.#stop.abort(new StorageError('unavailable', `${this.path} is disconnected`))
    const session = this.#session
    this.#session = undefined
    await session?.close()
    await this.#attempt?.catch(() => undefined)
    await this.#recovery
  }

  async #reopen(): Promise<void> {
    if (this.live) return
    const session = await this.#options.open(this.#target, this.#stop.signal)
    if (this.#stop.signal.aborted) await session.close()
    this.#stop.signal.throwIfAborted()
    this.#bytes = session.size
    this.#adopt(session)
  }

  #adopt(session: BlockSession): void {
    this.#session = session
    void this.#watch(session)
  }

  async #watch(session: BlockSession): Promise<void> {
    await session.closed
    if (this.#session !== session) return
    this.#session = undefined
    this.#options.logger.warn('the session was cut', { nqn: this.nqn, device: this.path })
    this.#recovery ??= this.#recover().finally(() => (this.#recovery = undefined))
  }

  /** Tries again and again, as the kernel does; ends with a session, with `close`, or when it has lasted too long. */
  async #recover(): Promise<void> {
    const { clock, logger } = this.#options
    const { signal } = this.#stop
    const lost = clock.monotonic()
    while (!this.live && !signal.aborted) {
      await clock.sleep(this.#target.profile.reconnectDelay * 1000, signal).catch(() => undefined)
      const why = await this.reopen(this.#target, signal).catch((error: unknown) => error)
      if (why === undefined) logger.info('the session is back', { nqn: this.nqn, device: this.path })
      else if (this.#isHopeless(why, clock.monotonic() - lost)) this.#giveUp(why)
    }
  }

  #isHopeless(why: unknown, lasted: Millis): boolean {
    const { ctrlLossTmo } = this.#target.profile
    if (this.live || this.#stop.signal.aborted) return false
    if (ctrlLossTmo >= 0 && lasted >= ctrlLossTmo * 1000) return true
    return this.#options.onMissingNqn === 'givesUp' && isStorageError(why, 'precondition')
  }

  /** Ends every attempt, also one that somebody else has begun: nobody could find its session again. */
  #giveUp(why: unknown): void {
    this.#stop.abort(new StorageError('unavailable', `${this.path} was given up`, { cause: why }))
    this.#options.onGivenUp(this, why)
  }

  async #perform<T>(signal: AbortSignal, operation: (session: BlockSession, limit: AbortSignal) => Promise<T>) {
    signal.throwIfAborted()
    const session = this.#session
    if (session === undefined) {
      throw new StorageError('unavailable', `input/output error on ${this.path}: ${this.nqn} has no live session`)
    }
    try {
      return await operation(session, AbortSignal.any([signal, AbortSignal.timeout(IO_LIMIT)]))
    } catch (error) {
      signal.throwIfAborted()
      throw ioError(this.path, error)
    }
  }
}

function ioError(path: string, error: unknown): unknown {
  if (!(error instanceof BlockError)) return error
  const kind = error.code === 'out-of-range' ? 'out-of-range' : 'unavailable'
  return new StorageError(kind, `input/output error on ${path}: ${error.message}`, { cause: error })
}
