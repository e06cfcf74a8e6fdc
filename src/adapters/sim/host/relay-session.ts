import type { Socket } from 'node:net'
import { isStorageError } from '../../../domain/errors.ts'
import { encodeFrame, type Frame, FrameReader, MAX_PAYLOAD } from '../blocks/framing.ts'
import type { BlockStore } from './relay.ts'

interface Reply {
  readonly header?: Readonly<Record<string, unknown>>
  readonly payload?: Buffer
}

/** One program's connection to a published volume: its requests take effect one after the other. */
export class RelaySession {
  readonly #socket: Socket
  readonly #store: BlockStore
  readonly #signal: AbortSignal

  constructor(socket: Socket, store: BlockStore, signal: AbortSignal) {
    this.#socket = socket
    this.#store = store
    this.#signal = signal
  }

  /** Serves until the program leaves. Rejects when the stream breaks off or is no frame stream. */
  async serve(): Promise<void> {
    const reader = new FrameReader()
    for await (const chunk of this.#socket) {
      for (const frame of reader.push(chunk)) await this.#answer(frame)
    }
  }

  async #answer(frame: Frame): Promise<void> {
    const id = frame.header['id']
    const reply: Reply = await this.#perform(frame).catch((error: unknown) => ({ header: failure(error) }))
    if (this.#socket.writable) this.#socket.write(encodeFrame({ ...reply.header, id }, reply.payload))
  }

  async #perform({ header, payload }: Frame): Promise<Reply> {
    switch (header['op']) {
      case 'connect':
      case 'identify':
        return { header: { size: this.#store.size() } }
      case 'read':
        return { payload: await this.#read(whole(header, 'offset'), whole(header, 'length')) }
      case 'write':
        await this.#store.write(whole(header, 'offset'), payload, this.#signal)
        return {}
      case 'flush':
        await this.#store.flush(this.#signal)
        return {}
      case 'close':
        this.#socket.end()
        return {}
      default:
        throw new TypeError(`unknown operation ${String(header['op'])}`)
    }
  }

  async #read(offset: number, length: number): Promise<Buffer> {
    if (length > MAX_PAYLOAD) throw new TypeError(`at most ${MAX_PAYLOAD} bytes can be read at once`)
    return this.#store.read(offset, length, this.#signal)
  }
}

function whole(header: Frame['header'], key: string): number {
  const value = header[key]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new TypeError(`${key} must be a whole number of bytes`)
}

/** The error as it travels: a session that is gone is `cut`, as at the block port itself. */
function failure(error: unknown): Readonly<Record<string, unknown>> {
  const message = error instanceof Error ? error.message : String(error)
  if (isStorageError(error, 'unavailable')) return { error: 'cut', message }
  return { error: isStorageError(error, 'out-of-range') ? 'out-of-range' : 'refused', message }
}
