import { open } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { BlockError } from './block-error.ts'
import type { BlockExports, BlockPassage } from './block-exports.ts'
import { flush, type OpenExport, read, seekData, write } from './export-bytes.ts'
import { encodeFrame, type Frame, FrameReader } from './framing.ts'

interface Reply {
  readonly size?: number
  readonly found?: boolean
  readonly at?: number
  readonly payload?: Buffer
}

/** One host's session at the block port: its requests take effect one after the other, in the order of arrival. */
export class HostSession {
  readonly #socket: Socket
  readonly #exports: BlockExports
  readonly #port: number
  readonly #gone = new AbortController()
  readonly #passage: BlockPassage | undefined
  #open: OpenExport | undefined

  constructor(socket: Socket, exports: BlockExports, port: number) {
    this.#socket = socket
    this.#exports = exports
    this.#port = port
    const { remoteAddress: address = '', remotePort = 0 } = socket
    this.#passage = exports.gate?.enter({ address, remotePort, port })
    socket.once('close', () => this.#gone.abort(new Error('the host has left')))
  }

  /** Serves until the host leaves or its export ends. Rejects when the stream breaks off or is no frame stream. */
  async serve(): Promise<void> {
    const reader = new FrameReader()
    try {
      if (!(await this.#passes())) return
      for await (const chunk of this.#socket) {
        for (const frame of reader.push(chunk)) {
          if (!(await this.#passes())) return
          await this.#answer(frame)
        }
      }
    } finally {
      this.#passage?.leave()
      this.#socket.destroy()
      await this.#open?.handle.close()
    }
  }

  /** Whether the packet filter lets the next packet through; it holds back what it drops, and resets what it rejects. */
  async #passes(): Promise<boolean> {
    const verdict = await this.#passage?.admit(this.#gone.signal)
    if (verdict === 'reject') this.#socket.resetAndDestroy()
    return verdict !== 'reject'
  }

  async #answer(frame: Frame): Promise<void> {
    const id = frame.header['id']
    try {
      const { payload, ...rest } = await this.#perform(frame)
      this.#reply({ id, ...rest }, payload)
    } catch (error) {
      if (!(error instanceof BlockError)) throw error
      this.#reply({ id, error: error.code, message: error.message })
    }
  }

  #reply(header: Readonly<Record<string, unknown>>, payload?: Buffer): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(header, payload))
  }

  async #perform(frame: Frame): Promise<Reply> {
    const { header, payload } = frame
    if (header['op'] === 'connect')
      return { size: await this.#connect(String(header['nqn']), String(header['hostNqn'])) }
    const { bytes } = this.#live()
    switch (header['op']) {
      case 'identify':
        return { size: bytes.size() }
      case 'read':
        return { payload: await read(this.#live(), Number(header['offset']), Number(header['length'])) }
      case 'write':
        if (bytes.readOnly?.() === true) throw new BlockError('refused', 'the namespace is read-only')
        await write(this.#live(), Number(header['offset']), payload)
        return {}
      case 'seek-data':
        return seekData(this.#live(), Number(header['offset']))
      case 'flush':
        await flush(this.#live())
        return {}
      case 'close':
        this.#socket.end()
        return {}
      default:
        throw new BlockError('refused', `unknown operation ${String(header['op'])}`)
    }
  }

  async #connect(nqn: string, hostNqn: string): Promise<number> {
    if (this.#open !== undefined) throw new BlockError('refused', 'this session is connected already')
    const bytes = this.#exports.open(nqn, hostNqn, this.#port)
    if (bytes === 'unknown-nqn') throw new BlockError(bytes, `nothing is exported as ${nqn}`)
    if (bytes === 'host-not-allowed') throw new BlockError(bytes, `${nqn} does not let ${hostNqn} in`)
    this.#open = { bytes, handle: await open(bytes.file, bytes.readOnly?.() === true ? 'r' : 'r+') }
    bytes.ended.addEventListener('abort', () => this.#socket.destroy(), { once: true })
    return this.#live().bytes.size()
  }

  /** The export, proven to be live still: nothing is read or written for a host that has been shut out. */
  #live(): OpenExport {
    if (this.#open === undefined) throw new BlockError('refused', 'connect comes first')
    if (this.#open.bytes.ended.aborted) {
      this.#socket.destroy()
      throw new BlockError('cut', 'the export has ended')
    }
    return this.#open
  }
}
