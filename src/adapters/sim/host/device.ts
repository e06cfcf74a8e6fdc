import { StorageError } from '../../../domain/errors.ts'
import type { Bytes, VolumeNqn } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { NvmeTarget } from '../../../ports/nvme-initiator.ts'
import { BlockError, type BlockSession } from '../blocks/block-client.ts'
import { orAborted } from './in-turn.ts'
import { openSession } from './open-session.ts'

/** How long one read or write may take, in milliseconds: the kernel's own limit. */
const IO_LIMIT = 30_000

export interface DeviceOptions {
  readonly path: string
  readonly target: NvmeTarget
  readonly session: BlockSession
  readonly clock: Clock
  readonly logger: Logger
  /** Called when the device is given up, `ctrlLossTmo` seconds after its session was lost. */
  readonly onGivenUp: (device: SimulatedDevice) => void
}

/**
 * The block device behind a session. A session that the target cut leaves a dead device: every operation fails
 * (`unavailable`) until a new session is there, which is tried every `reconnectDelay` seconds, whatever the target
 * answers.
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
    const session = await openSession(this.#target, this.#stop.signal)
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
    const { clock, logger, onGivenUp } = this.#options
    const { ctrlLossTmo, reconnectDelay } = this.#target.profile
    const { signal } = this.#stop
    const lost = clock.monotonic()
    while (!this.live && !signal.aborted) {
      await clock.sleep(reconnectDelay * 1000, signal).catch(() => undefined)
      const why = await this.reopen(this.#target, signal).catch((error: unknown) => error)
      if (why === undefined) logger.info('the session is back', { nqn: this.nqn, device: this.path })
      else if (ctrlLossTmo >= 0 && clock.monotonic() - lost >= ctrlLossTmo * 1000) return onGivenUp(this)
    }
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
