import { crc32 } from 'node:zlib'
import type { Bytes } from '../../../domain/ids.ts'
import { type FilesystemType, isFilesystemType } from '../../../domain/filesystem.ts'

/** Bytes at the start of a device that belong to the file system itself; what is written to it begins after them. */
export const METADATA = 1024 * 1024
/** Bytes of the superblock, the first of the device. */
export const SECTOR = 512

const MAGIC = Buffer.from('rds-csi sim fs 1', 'latin1')
const CHECKSUM_AT = MAGIC.length
const LENGTH_AT = CHECKSUM_AT + 4
const TEXT_AT = LENGTH_AT + 2

/** What a simulated file system knows of itself. */
export interface Superblock {
  readonly type: FilesystemType
  readonly uuid: string
  /** Bytes of the device that it fills. */
  readonly size: Bytes
  /** Bytes in use, METADATA among them. */
  readonly used: Bytes
}

/** The sector that holds it. */
export function encodeSuperblock(superblock: Superblock): Buffer {
  const sector = Buffer.alloc(SECTOR)
  const length = sector.write(JSON.stringify(superblock), TEXT_AT)
  MAGIC.copy(sector)
  sector.writeUInt16BE(length, LENGTH_AT)
  sector.writeUInt32BE(checksum(sector), CHECKSUM_AT)
  return sector
}

/** Reads the first sector of a device: undefined where it holds no simulated file system at all. */
export function decodeSuperblock(sector: Buffer): Superblock | 'damaged' | undefined {
  if (sector.length < SECTOR || !sector.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  if (sector.readUInt32BE(CHECKSUM_AT) !== checksum(sector)) return 'damaged'
  const text = sector.toString('utf8', TEXT_AT, TEXT_AT + sector.readUInt16BE(LENGTH_AT))
  const { type, uuid, size, used } = JSON.parse(text) as Superblock
  return isFilesystemType(type) ? { type, uuid, size, used } : 'damaged'
}

const checksum = (sector: Buffer): number => crc32(sector.subarray(LENGTH_AT, SECTOR))
