import type { FileHandle } from 'node:fs/promises'
import { BlockError } from './block-error.ts'
import type { BlockExport } from './block-exports.ts'
import { MAX_PAYLOAD } from './framing.ts'

/** An export that a host has opened. What reaches beyond its size fails with `out-of-range`, and nothing is done. */
export interface OpenExport {
  readonly bytes: BlockExport
  readonly handle: FileHandle
}

/** One answer to the question for data covers so many bytes, so that no answer takes long. */
const SEEK = 64 * 1024 * 1024
const ZEROS = Buffer.alloc(1024 * 1024)

/** Exactly `length` bytes. */
export async function read({ bytes, handle }: OpenExport, offset: number, length: number): Promise<Buffer> {
  checkRange(offset, length, bytes.size())
  const begun = performance.now()
  // Bytes past the end of the file were never written; a new buffer holds zeros there.
  const buffer = Buffer.alloc(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  bytes.traffic?.read(length, performance.now() - begun)
  return buffer
}

export async function write({ bytes, handle }: OpenExport, offset: number, data: Buffer): Promise<void> {
  checkRange(offset, data.length, bytes.size())
  const begun = performance.now()
  bytes.wrote?.(offset, data.length)
  let done = 0
  while (done < data.length) {
    const { bytesWritten } = await handle.write(data, done, data.length - done, offset + done)
    done += bytesWritten
  }
  bytes.wrote?.(offset, data.length)
  bytes.traffic?.wrote(data.length, performance.now() - begun)
}

/**
 * Where the first byte from `offset` on lies that is not zero (`found`), or up to where there are zeros alone; that is
 * the size of the export, or as far as was looked. A file for which the file system of this machine has allotted no
 * block holds nothing; any other is read, its holes too, because Node cannot ask where they are.
 */
export async function seekData(
  { bytes, handle }: OpenExport,
  offset: number,
): Promise<{ readonly found: boolean; readonly at: number }> {
  const size = bytes.size()
  checkRange(offset, 0, size)
  if ((await handle.stat()).blocks === 0) return { found: false, at: size }
  const end = Math.min(size, offset + SEEK)
  const buffer = Buffer.allocUnsafe(ZEROS.length)
  for (let at = offset; at < end; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at)
    if (bytesRead === 0) return { found: false, at: size }
    const piece = buffer.subarray(0, bytesRead)
    if (!piece.equals(ZEROS.subarray(0, bytesRead)))
      return { found: true, at: at + piece.findIndex(byte => byte !== 0) }
    at += bytesRead
  }
  return { found: false, at: end }
}

/** Resolves once everything written before is on this machine's disk. */
export async function flush({ bytes, handle }: OpenExport): Promise<void> {
  const begun = performance.now()
  await handle.datasync()
  bytes.traffic?.flushed(performance.now() - begun)
}

function checkRange(offset: number, length: number, size: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0
  if (!whole || length > MAX_PAYLOAD || offset + length > size) {
    throw new BlockError('out-of-range', `${length} bytes at ${offset} are not within ${size}`)
  }
}
