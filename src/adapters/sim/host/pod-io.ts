import { lstat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { BlockError, isBlockErrorCode } from '../blocks/block-error.ts'
import { encodeFrame, type Frame, FrameReader } from '../blocks/framing.ts'
import { VOLUME_SOCKET } from './mount-point.ts'
import { socketPath } from './socket-path.ts'

/** How long one answer may take, in milliseconds. */
const LIMIT = 30_000
/** A transfer is made in pieces of this many bytes. */
const PIECE = 1024 * 1024

/** A published volume as a program in a pod sees it. Failures are BlockErrors; one that ends the connection is `cut`. */
export interface PublishedVolume {
  /** Bytes that can be read and written, as they were when it was opened. */
  readonly size: number
  read(offset: number, length: number): Promise<Buffer>
  write(offset: number, data: Uint8Array): Promise<void>
  /** Resolves once what was written is on the appliance. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Opens what is published at a path: a block volume at its very path, a file system in its directory. */
export async function openPublished(path: string): Promise<PublishedVolume> {
  const stats = await lstat(path)
  const name = await socketPath(stats.isDirectory() ? join(path, VOLUME_SOCKET) : path)
  let conversation: Conversation
  try {
    conversation = new Conversation(await open(name.path))
  } finally {
    await name.close()
  }
  try {
    const { header } = await conversation.ask({ op: 'connect' })
    return published(conversation, Number(header['size']))
  } catch (error) {
    await conversation.close()
    throw error
  }
}

function published(conversation: Conversation, size: number): PublishedVolume {
  return {
    size,
    read: async (offset, length) => {
      const pieces = split(offset, length).map(piece => conversation.ask({ op: 'read', ...piece }))
      return Buffer.concat((await Promise.all(pieces)).map(frame => frame.payload))
    },
    write: async (offset, data) => {
      const pieces = split(offset, data.length).map(piece => {
        const from = piece.offset - offset
        return conversation.ask({ op: 'write', offset: piece.offset }, data.subarray(from, from + piece.length))
      })
      await Promise.all(pieces)
    },
    flush: async () => void (await conversation.ask({ op: 'flush' })),
    close: () => conversation.close(),
  }
}

interface Waiting {
  resolve(frame: Frame): void
  reject(error: BlockError): void
}

/** Questions and answers over one socket. The answers come in the order of the questions. */
class Conversation {
  readonly #socket: Socket
  readonly #closed: Promise<void>
  readonly #waiting: Waiting[] = []

  constructor(socket: Socket) {
    const reader = new FrameReader()
    this.#socket = socket
    this.#closed = new Promise(resolve => socket.once('close', () => resolve(this.#end())))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#receive(reader, chunk))
    socket.setTimeout(LIMIT, () => this.#waiting.length > 0 && socket.destroy())
  }

  ask(header: Readonly<Record<string, unknown>>, payload?: Uint8Array): Promise<Frame> {
    if (!this.#socket.writable) return Promise.reject(cut())
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#socket.write(encodeFrame({ id: 0, ...header }, payload))
    })
  }

  async close(): Promise<void> {
    this.#socket.destroy()
    await this.#closed
  }

  #receive(reader: FrameReader, chunk: Buffer): void {
    try {
      for (const frame of reader.push(chunk)) this.#settle(frame)
    } catch {
      this.#socket.destroy()
    }
  }

  #settle(frame: Frame): void {
    const waiting = this.#waiting.shift()
    const { error, message } = frame.header
    if (error === undefined) waiting?.resolve(frame)
    else waiting?.reject(new BlockError(isBlockErrorCode(error) ? error : 'refused', String(message)))
  }

  #end(): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(cut())
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', error => reject(new BlockError('refused', `nothing serves ${path}: ${error.message}`, error)))
    socket.once('connect', () => resolve(socket))
  })
}

function split(offset: number, length: number): { offset: number; length: number }[] {
  const pieces = Math.max(1, Math.ceil(length / PIECE))
  return Array.from({ length: pieces }, (_, index) => {
    return { offset: offset + index * PIECE, length: Math.min(PIECE, length - index * PIECE) }
  })
}

const cut = (): BlockError => new BlockError('cut', 'the volume is no longer published here')
