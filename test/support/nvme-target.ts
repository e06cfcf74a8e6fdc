import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { BlockExport } from '../../src/adapters/sim/blocks/block-exports.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'

const INVALID_HOST = 0x184
const INVALID_PARAMETER = 0x182

/**
 * The NVMe/TCP side of a simulated device, as far as the administrative queue goes: whom the device lets in, how large what
 * is behind it is, and that sessions end with their export. Written from the specification, without the driver's codec.
 */
export class NvmeTarget {
  readonly #device: RunningDevice
  readonly #server: Server
  /** Sessions that were let in. */
  sessions = 0
  #serials = 0

  private constructor(device: RunningDevice) {
    this.#device = device
    this.#server = createServer(socket => this.#serve(socket))
  }

  static async start(device: RunningDevice): Promise<NvmeTarget> {
    const target = new NvmeTarget(device)
    await new Promise<void>(resolve => target.#server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => new Promise(resolve => target.#server.close(() => resolve())))
    return target
  }

  /** Nothing listens any more. */
  close(done: () => void): void {
    this.#server.close(() => done())
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  #serve(socket: Socket): void {
    const session: Session = { socket, live: undefined, serial: '' }
    let held = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', chunk => {
      held = Buffer.concat([held, chunk])
      while (held.length >= 8 && held.length >= held.readUInt32LE(4)) {
        const length = held.readUInt32LE(4)
        this.#hear(session, held.subarray(0, length))
        held = held.subarray(length)
      }
    })
  }

  #hear(session: Session, bytes: Buffer): void {
    if (bytes[0] === 0) return void session.socket.write(pdu(1, 128, Buffer.alloc(120)))
    if (bytes[0] !== 4) return void session.socket.destroy()
    const entry = bytes.subarray(8, 72)
    const id = entry.readUInt16LE(2)
    if ((entry.readUInt8(1) & 0xc0) !== 0x40) return complete(session.socket, id, 0x02)
    if (entry[0] === 0x7f && entry[4] === 1) return complete(session.socket, id, this.#connect(session, bytes))
    if (session.live === undefined) return session.socket.destroy() as unknown as undefined
    if (entry[0] === 0x06) return this.#identify(session, entry)
    complete(session.socket, id, 0)
  }

  #connect(session: Session, bytes: Buffer): number {
    const data = bytes.subarray(bytes.readUInt8(3))
    const text = (at: number): string => data.toString('utf8', at, at + 256).replace(/\0.*$/s, '')
    const [nqn, host] = [text(256), text(512)]
    const live = this.#device.exportTo(host, nqn, this.port)
    if (live === undefined) {
      const known = this.#device.disks().some(disk => disk['nvme-tcp-server-nqn'] === nqn)
      return known ? INVALID_HOST : INVALID_PARAMETER
    }
    session.live = live
    this.#serials += 1
    session.serial = `serial${this.#serials}`
    this.sessions += 1
    live.ended.addEventListener('abort', () => session.socket.destroy(), { once: true })
    if (live.ended.aborted) session.socket.destroy()
    return 0
  }

  #identify({ socket, live, serial }: Session, entry: Buffer): void {
    const data = Buffer.alloc(4096)
    if (entry[40] === 0) {
      data.writeBigUInt64LE(BigInt(live!.size() / 512), 0)
      data.writeUInt8(9, 130)
    } else data.write(serial.padEnd(20), 4, 'latin1')
    const rest = Buffer.alloc(16 + data.length)
    rest.writeUInt16LE(entry.readUInt16LE(2), 0)
    rest.writeUInt32LE(data.length, 8)
    data.copy(rest, 16)
    const message = pdu(7, 24, rest)
    message.writeUInt8(0x0c, 1) // the last, and a success: no completion follows
    message.writeUInt8(24, 3)
    socket.write(message)
  }
}

interface Session {
  readonly socket: Socket
  live: BlockExport | undefined
  serial: string
}

function pdu(type: number, headerLength: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt8(type, 0)
  head.writeUInt8(headerLength, 2)
  head.writeUInt32LE(8 + rest.length, 4)
  return Buffer.concat([head, rest])
}

function complete(socket: Socket, id: number, status: number): void {
  const rest = Buffer.alloc(16)
  rest.writeUInt16LE(id, 12)
  rest.writeUInt16LE(status << 1, 14)
  socket.write(pdu(5, 24, rest))
}
