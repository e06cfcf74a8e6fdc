import { once } from 'node:events'
import { connect as openSocket, type Socket } from 'node:net'
import type { Millis } from '../../../domain/ids.ts'
import {
  completion,
  connect,
  dataOf,
  enable,
  icRequest,
  identify,
  type Introduction,
  namespaceBytes,
  PDU,
  type Pdu,
  PduReader,
  readStatus,
  serialNumber,
} from './nvme-pdu.ts'

/** Answers of a target are expected within this time. */
const ANSWER: Millis = 5000

/** A session that was let in, or the reason why not. */
export type Dialled = NvmeSession | { readonly open: false; readonly why: string }
/** Opens a session as one of two hosts. */
export type NvmeDialer = (nqn: string, host: 'a' | 'b', signal: AbortSignal) => Promise<Dialled>

interface Waiting {
  readonly settle: (result: { readonly status: number; readonly data: Buffer }) => void
  data: Buffer
}

/**
 * The administrative queue of an NVMe/TCP host, in user space: enough to be a live session, and to see the size of what is
 * behind it. No I/O.
 */
export class NvmeSession {
  readonly open = true
  readonly #socket: Socket
  readonly #reader = new PduReader()
  readonly #waiting = new Map<number, Waiting>()
  #greeted: (() => void) | undefined
  #last = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => this.#receive(chunk))
    socket.on('error', () => undefined) // `close` follows
  }

  /** `why` of a refusal: what the network or the target said. */
  static async dial(
    at: { readonly address: string; readonly port: number },
    who: Introduction,
    signal: AbortSignal,
  ): Promise<Dialled> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER)])
    const socket = openSocket({ host: at.address, port: at.port })
    try {
      await once(socket, 'connect', { signal: limit })
      const session = new NvmeSession(socket)
      await session.#greet(limit)
      const { status } = await session.#ask(id => connect(id, who), limit)
      if (status === 0) return session
      socket.destroy()
      return { open: false, why: `the target refused the connection (status 0x${status.toString(16)})` }
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      return { open: false, why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Whether the target still answers on it. */
  async alive(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#ask(readStatus, AbortSignal.any([signal, AbortSignal.timeout(ANSWER)]))).status === 0
    } catch {
      signal.throwIfAborted()
      return false
    }
  }

  /** The size of the namespace and the controller's serial number as the target tells them now. */
  async look(signal: AbortSignal): Promise<{ readonly bytes: number; readonly serial: string }> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER)])
    await this.#ask(enable, limit)
    const controller = await this.#ask(id => identify(id, 1), limit)
    const namespace = await this.#ask(id => identify(id, 0), limit)
    if (namespace.status !== 0 || controller.status !== 0) throw new Error('the target does not identify itself')
    return { bytes: namespaceBytes(namespace.data), serial: serialNumber(controller.data) }
  }

  end(): void {
    this.#socket.destroy()
  }

  async #greet(signal: AbortSignal): Promise<void> {
    const greeted = new Promise<void>(resolve => {
      this.#greeted = resolve
    })
    this.#socket.write(icRequest())
    await this.#unlessClosed(greeted, signal)
  }

  async #ask(make: (id: number) => Buffer, signal: AbortSignal) {
    this.#last += 1
    const id = this.#last
    const answer = new Promise<{ status: number; data: Buffer }>(settle => {
      this.#waiting.set(id, { settle, data: Buffer.alloc(0) })
    })
    this.#socket.write(make(id))
    return this.#unlessClosed(answer, signal)
  }

  async #unlessClosed<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#socket.destroyed) throw new Error('the target closed the connection')
    const over = new AbortController()
    const closed = once(this.#socket, 'close', { signal: AbortSignal.any([signal, over.signal]) }).then((): never => {
      throw new Error('the target closed the connection')
    })
    closed.catch(() => undefined)
    try {
      return await Promise.race([answer, closed])
    } finally {
      over.abort()
    }
  }

  #receive(chunk: Buffer): void {
    try {
      for (const pdu of this.#reader.push(chunk)) this.#hear(pdu)
    } catch {
      this.#socket.destroy() // no target speaks like this
    }
  }

  #hear(pdu: Pdu): void {
    if (pdu.type === PDU.icResponse) this.#greeted?.()
    if (pdu.type === PDU.response) this.#settle(completion(pdu))
    if (pdu.type !== PDU.data) return
    const { id, data, last } = dataOf(pdu)
    const waiting = this.#waiting.get(id)
    if (waiting !== undefined) waiting.data = Buffer.concat([waiting.data, data])
    if (last) this.#settle({ id, status: 0 })
  }

  #settle({ id, status }: { readonly id: number; readonly status: number }): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.settle({ status, data: waiting.data })
  }
}
