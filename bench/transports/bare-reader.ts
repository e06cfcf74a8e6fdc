import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { encodeSentence } from '../../src/adapters/sim/routeros-device/api/wire.ts'
import type { DeviceGreeting } from '../lab/device.ts'

const DONE = encodeSentence(['!done'])

/** A client of the binary API that waits for the end of each reply and makes nothing of it. */
export class BareReader {
  readonly #socket: TLSSocket

  private constructor(socket: TLSSocket) {
    this.#socket = socket
  }

  static async open({ ports, password }: DeviceGreeting): Promise<BareReader> {
    // The appliance of the bench, on this machine.
    const socket = connect({ host: '127.0.0.1', port: ports.apiTls, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    socket.setNoDelay(true)
    const reader = new BareReader(socket)
    await reader.read(['/login', '=name=admin', `=password=${password}`])
    return reader
  }

  /** Sends one command; milliseconds until the last byte of its reply was there. */
  async read(words: readonly string[]): Promise<number> {
    const end = Promise.withResolvers<void>()
    let tail = Buffer.alloc(0)
    const take = (chunk: Buffer): void => {
      tail = Buffer.concat([tail, chunk.subarray(-DONE.length)]).subarray(-DONE.length)
      if (tail.equals(DONE)) end.resolve()
    }
    const fail = (): void => end.reject(new Error('the device ended the connection'))
    const begun = performance.now()
    this.#socket.on('data', take).once('close', fail)
    this.#socket.write(encodeSentence(words))
    try {
      await end.promise
      return performance.now() - begun
    } finally {
      this.#socket.off('data', take).off('close', fail)
    }
  }

  close(): void {
    this.#socket.destroy()
  }
}
