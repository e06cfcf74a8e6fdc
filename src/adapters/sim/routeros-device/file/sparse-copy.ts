import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { dataIn, dataRuns } from './data-runs.ts'
import { PIECE, type WrittenPieces } from './written-pieces.ts'

/** Unit of `blocks` in a file's status. */
const BLOCK = 512

/**
 * Copies a file of this machine: by sharing its blocks where the file system can, else page by page, without the zeros,
 * so that a sparse file stays sparse. The target is made, or replaced.
 */
export function copySparse(from: string, to: string, written: WrittenPieces): void {
  if (sharesBlocks(from, to)) return
  const source = openSync(from, 'r')
  const target = openSync(to, 'w')
  try {
    const status = fstatSync(source)
    const pieces = written.list(status)
    if (pieces === undefined) {
      const { size, blocks } = status
      written.learn(copyAll(source, target, { size, data: countsBlocks(dirname(from)) ? blocks * BLOCK : size }))
    } else for (const piece of pieces) copyPiece(source, target, piece * PIECE)
    ftruncateSync(target, status.size)
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

function sharesBlocks(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false
  }
}

/**
 * Stops as soon as as many bytes were found as the file system has blocks for: the rest is a hole. Answers the pieces
 * that hold data.
 */
function copyAll(
  source: number,
  target: number,
  { size, data }: { readonly size: number; readonly data: number },
): number[] {
  const pieces: number[] = []
  let found = 0
  for (let at = 0; at < size && found < data; at += PIECE) {
    const here = copyPiece(source, target, at)
    if (here > 0) pieces.push(at / PIECE)
    found += here
  }
  return pieces
}

const buffer = Buffer.allocUnsafe(PIECE)

/** Copies the pages of a piece that are not all zeros; answers their bytes. */
function copyPiece(source: number, target: number, at: number): number {
  const piece = buffer.subarray(0, readSync(source, buffer, 0, PIECE, at))
  for (const { from, to } of dataRuns(piece)) writeSync(target, piece, from, to - from, at + from)
  return dataIn(piece)
}

const counting = new Map<string, boolean>()

/** Whether files of a folder have a block for every byte of data; a file system that compresses has fewer. */
function countsBlocks(folder: string): boolean {
  const known = counting.get(folder)
  if (known !== undefined) return known
  const probe = mkdtempSync(join(folder, '.probe-'))
  try {
    writeFileSync(join(probe, 'data'), Buffer.alloc(PIECE, 1))
    const counts = statSync(join(probe, 'data')).blocks * BLOCK >= PIECE
    counting.set(folder, counts)
    return counts
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}
