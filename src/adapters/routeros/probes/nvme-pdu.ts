/**
 * The few messages of NVMe/TCP that open a session and look at what is behind it (NVM Express, "NVMe/TCP Transport
 * Specification" 1.0 and "NVMe over Fabrics" 1.1). Numbers are little-endian.
 */

export const PDU = { icRequest: 0, icResponse: 1, command: 4, response: 5, data: 7 } as const
const HEADER = 8
const ENTRY = 64
const CONNECT_DATA = 1024
/** SGLs instead of PRPs, which fabrics always use. */
const SGL = 0x40
const FABRICS = 0x7f
const IDENTIFY = 0x06
/** Long enough for a probe; 0 means none, which older targets take for "at once". */
const KEEP_ALIVE_MS = 120_000
/** Enabled, with queue entries of 64 and 16 bytes. */
const ENABLED = 0x0046_0001n
const CONFIGURATION = 0x14
const STATUS = 0x1c

function header(type: number, headerLength: number, dataOffset: number, length: number): Buffer {
  const bytes = Buffer.alloc(HEADER)
  bytes.writeUInt8(type, 0)
  bytes.writeUInt8(headerLength, 2)
  bytes.writeUInt8(dataOffset, 3)
  bytes.writeUInt32LE(length, 4)
  return bytes
}

/** The first message on a connection: version 0, no digests. */
export const icRequest = (): Buffer => Buffer.concat([header(PDU.icRequest, 128, 0, 128), Buffer.alloc(120)])

function command(body: Buffer, data: Buffer = Buffer.alloc(0)): Buffer {
  const length = HEADER + ENTRY
  const offset = data.length > 0 ? length : 0
  return Buffer.concat([header(PDU.command, length, offset, length + data.length), body, data])
}

function entry(opcode: number, id: number): Buffer {
  const bytes = Buffer.alloc(ENTRY)
  bytes.writeUInt8(opcode, 0)
  bytes.writeUInt8(SGL, 1)
  bytes.writeUInt16LE(id, 2)
  return bytes
}

/** Who connects to what. */
export interface Introduction {
  /** 16 bytes. */
  readonly hostId: Buffer
  readonly hostNqn: string
  readonly nqn: string
}

/** Fabrics Connect for an administrative queue, any controller. */
export function connect(id: number, { hostId, hostNqn, nqn }: Introduction): Buffer {
  const bytes = entry(FABRICS, id)
  bytes.writeUInt8(1, 4)
  bytes.writeUInt32LE(CONNECT_DATA, 32)
  bytes.writeUInt8(1, 39) // the data follows in the capsule
  bytes.writeUInt16LE(31, 44)
  bytes.writeUInt32LE(KEEP_ALIVE_MS, 48)
  const data = Buffer.alloc(CONNECT_DATA)
  hostId.copy(data, 0, 0, 16)
  data.writeUInt16LE(0xffff, 16)
  data.write(nqn, 256, 255, 'utf8')
  data.write(hostNqn, 512, 255, 'utf8')
  return command(bytes, data)
}

/** Turns the controller on. */
export function enable(id: number): Buffer {
  const bytes = nothing(entry(FABRICS, id))
  bytes.writeUInt32LE(CONFIGURATION, 44)
  bytes.writeBigUInt64LE(ENABLED, 48)
  return command(bytes)
}

/** Reads the controller's status: any live session answers it. */
export function readStatus(id: number): Buffer {
  const bytes = nothing(entry(FABRICS, id))
  bytes.writeUInt8(4, 4)
  bytes.writeUInt32LE(STATUS, 44)
  return command(bytes)
}

/** Identify: 0 for namespace 1, 1 for the controller. */
export function identify(id: number, what: 0 | 1): Buffer {
  const bytes = nothing(entry(IDENTIFY, id))
  bytes.writeUInt32LE(what === 0 ? 1 : 0, 4)
  bytes.writeUInt32LE(4096, 32)
  bytes.writeUInt8(what, 40)
  return command(bytes)
}

/** Data, if any, travels in messages of its own. */
function nothing(bytes: Buffer): Buffer {
  bytes.writeUInt8(0x5a, 39)
  return bytes
}

/** One message that came. */
export interface Pdu {
  readonly type: number
  readonly flags: number
  /** Offset of the data in the bytes; 0: none. */
  readonly dataOffset: number
  readonly bytes: Buffer
}

/** Takes messages out of a stream of chunks. */
export class PduReader {
  #held = Buffer.alloc(0)

  /** Throws RangeError for what can be no message. */
  push(chunk: Buffer): readonly Pdu[] {
    this.#held = Buffer.concat([this.#held, chunk])
    const found: Pdu[] = []
    while (this.#held.length >= HEADER) {
      const length = this.#held.readUInt32LE(4)
      if (length < HEADER || length > 1 << 20) throw new RangeError(`a message of ${length} bytes is none`)
      if (this.#held.length < length) break
      const bytes = this.#held.subarray(0, length)
      found.push({ type: bytes.readUInt8(0), flags: bytes.readUInt8(1), dataOffset: bytes.readUInt8(3), bytes })
      this.#held = this.#held.subarray(length)
    }
    return found
  }
}

/** The end of a command: its number, and 0 or why it failed (status code type and code, without "do not retry"). */
export function completion({ bytes }: Pdu): { readonly id: number; readonly status: number } {
  return { id: bytes.readUInt16LE(20), status: (bytes.readUInt16LE(22) >> 1) & 0x7ff }
}

/** Data for a command; `last`: no message about its end follows. */
export function dataOf({ bytes, flags, dataOffset }: Pdu): {
  readonly id: number
  readonly data: Buffer
  readonly last: boolean
} {
  const length = bytes.readUInt32LE(16)
  return { id: bytes.readUInt16LE(8), data: bytes.subarray(dataOffset, dataOffset + length), last: (flags & 8) !== 0 }
}

/** Bytes of a namespace, from its Identify data. */
export function namespaceBytes(data: Buffer): number {
  const format = data.readUInt8(26) & 0xf
  return Number(data.readBigUInt64LE(0)) * 2 ** data.readUInt8(128 + 4 * format + 2)
}

/** The serial number of a controller, from its Identify data. */
export const serialNumber = (data: Buffer): string => data.toString('latin1', 4, 24).trim()
