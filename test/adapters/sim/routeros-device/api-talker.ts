import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { encodeSentence, SentenceReader } from '../../../../src/adapters/sim/routeros-device/api/wire.ts'

/** A bare API client of the tests: sends sentences, collects what comes back, knows nothing of their meaning. */
export class ApiTalker {
  readonly received: string[][] = []
  /** Resolves with true once the connection is closed. */
  readonly closed: Promise<true>
  readonly socket: Socket
  #wake: () => void = () => undefined
  #taken = 0

  constructor(socket: Socket) {
    this.socket = socket
    const reader = new SentenceReader()
    socket.on('data', (chunk: Buffer) => {
      this.received.push(...reader.push(chunk))
      this.#wake()
    })
    socket.on('error', () => undefined)
    this.closed = new Promise(resolve => socket.once('close', () => resolve(true)))
  }

  static async plain(device: RunningDevice): Promise<ApiTalker> {
    const socket = connect({ ...device.addresses.api!, noDelay: true })
    const talker = new ApiTalker(socket)
    // A connection that the device resets may never be told to have been made.
    await Promise.race([new Promise(resolve => socket.once('connect', resolve)), talker.closed])
    return talker
  }

  static async tls(device: RunningDevice): Promise<ApiTalker> {
    const socket = connectTls({ ...device.addresses.apiTls!, ca: device.certificate!.cert })
    socket.setNoDelay(true)
    await once(socket, 'secureConnect')
    return new ApiTalker(socket)
  }

  static async loggedIn(device: RunningDevice, name = 'admin', password = ''): Promise<ApiTalker> {
    const talker = await ApiTalker.plain(device)
    await talker.ask('/login', `=name=${name}`, `=password=${password}`)
    return talker
  }

  send(...words: string[]): void {
    this.socket.write(encodeSentence(words))
  }

  /** Sends an untagged command and resolves with its answer, `!done` included. */
  async ask(...words: string[]): Promise<string[][]> {
    this.send(...words)
    return this.untilDone()
  }

  /** The sentences that have not been taken yet, up to the next `!done` or `!fatal`. */
  async untilDone(): Promise<string[][]> {
    for (;;) {
      const fresh = this.received.slice(this.#taken)
      const end = fresh.findIndex(([kind]) => kind === '!done' || kind === '!fatal')
      if (end >= 0) {
        this.#taken += end + 1
        return fresh.slice(0, end + 1)
      }
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}

/** A loopback address with a free port. */
export const LOCAL = { host: '127.0.0.1', port: 0 } as const
