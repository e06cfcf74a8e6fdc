import { connect as connectSocket, type Socket } from 'node:net'
import { BlockError, isBlockErrorCode } from './block-error.ts'
import { encodeFrame, type Frame, FrameReader } from './framing.ts'

export { BlockError, type BlockErrorCode } from './block-error.ts'

/** Where an export is, and who asks for it. */
export interface BlockTarget {
  readonly address: string
  readonly port: number
  readonly nqn: string
  readonly hostNqn: string
  /** Address of this machine that the connection comes from; absent: whichever the system takes. */
  readonly from?: string
}

/** A read or write is sent in pieces of this many bytes. */
const PIECE = 1024 * 1024
/** How long `close` lets the last bytes drain before it drops the connection, in milliseconds. */
const DRAIN_MS = 1000

interface Waiting {
  resolve(frame: Frame): void
  reject(error: BlockError): void
}

/**
 * A session with one export of a block port, under one host NQN. All failures are `BlockError`s. Operations of one
 * session take effect in the order in which they were called; any number may wait at once.
 */
export class BlockSession {
  /** Resolves, never rejects, once the session is over for whatever reason. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 0
  #size = 0
  #over = false

  private constructor(socket: Socket) {
    const reader = new FrameReader()
    this.#socket = socket
    this.closed = new Promise(resolve => socket.once('close', () => resolve(this.#end())))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#receive(reader, chunk))
  }

  /**
   * Opens a session. Codes: `refused`, `unknown-nqn`, `host-not-allowed`, `cut` (the peer went away while it was
   * asked), `timeout` (the signal ended first). Nothing stays open after a failure.
   */
  static async connect(target: BlockTarget, signal: AbortSignal): Promise<BlockSession> {
    const socket = await openSocket(target, signal)
    const session = new BlockSession(socket)
    try {
      const reply = await session.#ask({ op: 'connect', nqn: target.nqn, hostNqn: target.hostNqn }, undefined, signal)
      session.#size = sizeOf(reply)
      return session
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** Size in bytes as last told by the peer: at `connect`, or by `refreshSize`. */
  get size(): number {
    return this.#size
  }

  /** Exactly `length` bytes from `offset`. */
  async read(offset: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const pieces = split(offset, length).map(piece => this.#ask({ op: 'read', ...piece }, undefined, signal))
    const replies = await Promise.all(pieces)
    return Buffer.concat(replies.map(reply => reply.payload))
  }

  /** Resolves once the peer holds all of `data`; `flush` makes it outlive the peer. */
  async write(offset: number, data: Uint8Array, signal: AbortSignal): Promise<void> {
    const pieces = split(offset, data.length).map(piece => {
      const from = piece.offset - offset
      return this.#ask({ op: 'write', offset: piece.offset }, data.subarray(from, from + piece.length), signal)
    })
    await Promise.all(pieces)
  }

  /**
   * One step of the search for data from `offset` on: `at` is the first byte that is not zero (`found`), or everything
   * before it is zeros. A search goes on there until it has come to the size.
   */
  async seekData(offset: number, signal: AbortSignal): Promise<{ readonly found: boolean; readonly at: number }> {
    const { found, at } = (await this.#ask({ op: 'seek-data', offset }, undefined, signal)).header
    if (typeof found === 'boolean' && typeof at === 'number' && (found ? at >= offset : at > offset)) {
      return { found, at }
    }
    throw new BlockError('refused', 'the peer did not tell where data is')
  }

  /** Resolves once everything written before it is on the peer's storage. */
  async flush(signal: AbortSignal): Promise<void> {
    await this.#ask({ op: 'flush' }, undefined, signal)
  }

  /** Asks the peer for the size that it exports now, and keeps it as `size`. */
  async refreshSize(signal: AbortSignal): Promise<number> {
    this.#size = sizeOf(await this.#ask({ op: 'identify' }, undefined, signal))
    return this.#size
  }

  /** Ends the session; operations that still wait fail with `cut`. Never rejects; a second call waits for the same end. */
  async close(): Promise<void> {
    if (!this.#over) {
      this.#socket.write(encodeFrame({ id: this.#nextId++, op: 'close' }))
      this.#socket.destroySoon()
      const drained = setTimeout(() => this.#socket.destroy(), DRAIN_MS)
      void this.closed.then(() => clearTimeout(drained))
    }
    await this.closed
  }

  #ask(
    header: Readonly<Record<string, unknown>>,
    payload: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Frame> {
    if (this.#over || !this.#socket.writable) return Promise.reject(cut())
    if (signal.aborted) return Promise.reject(timedOut(signal))
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<Frame>()
    const onAbort = (): void => reject(timedOut(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.set(id, { resolve, reject })
    this.#socket.write(encodeFrame({ ...header, id }, payload))
    return promise.finally(() => {
      signal.removeEventListener('abort', onAbort)
      this.#waiting.delete(id)
    })
  }

  #receive(reader: FrameReader, chunk: Buffer): void {
    try {
      for (const frame of reader.push(chunk)) this.#settle(frame)
    } catch {
      this.#socket.destroy()
    }
  }

  #settle(frame: Frame): void {
    const waiting = this.#waiting.get(Number(frame.header['id']))
    // A reply that nobody waits for any more belongs to a request whose signal has ended.
    if (waiting === undefined) return
    const code = frame.header['error']
    if (code === undefined) waiting.resolve(frame)
    else waiting.reject(new BlockError(isBlockErrorCode(code) ? code : 'refused', String(frame.header['message'])))
  }

  #end(): void {
    this.#over = true
    for (const waiting of this.#waiting.values()) waiting.reject(cut())
    this.#waiting.clear()
  }
}

function openSocket(target: BlockTarget, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) return Promise.reject(timedOut(signal))
  return new Promise((resolve, reject) => {
    const socket = connectSocket({
      host: target.address,
      port: target.port,
      noDelay: true,
      ...(target.from !== undefined && { localAddress: target.from }),
    })
    const onAbort = (): void => {
      socket.destroy()
      reject(timedOut(signal))
    }
    const onError = (error: Error): void => {
      signal.removeEventListener('abort', onAbort)
      reject(new BlockError('refused', `no block port at ${target.address}:${target.port}: ${error.message}`, error))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', onError)
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', onError)
      resolve(socket)
    })
  })
}

function split(offset: number, length: number): { offset: number; length: number }[] {
  const pieces = Math.max(1, Math.ceil(length / PIECE))
  return Array.from({ length: pieces }, (_, index) => ({
    offset: offset + index * PIECE,
    length: Math.min(PIECE, length - index * PIECE),
  }))
}

function sizeOf(reply: Frame): number {
  const size = reply.header['size']
  if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size
  throw new BlockError('refused', 'the peer told no size')
}

function cut(): BlockError {
  return new BlockError('cut', 'the block session is over')
}

function timedOut(signal: AbortSignal): BlockError {
  return new BlockError('timeout', 'the wait for the block port ended early', signal.reason)
}
