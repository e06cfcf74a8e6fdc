const PAGE = 4096
const ZEROS = Buffer.alloc(1024 * 1024)

/** A part of a buffer, its end not included. */
export interface Run {
  readonly from: number
  readonly to: number
}

/** The runs of pages that are not all zeros; of a buffer of at most 1 MiB that begins at a page. */
export function dataRuns(piece: Buffer): Run[] {
  if (piece.equals(ZEROS.subarray(0, piece.length))) return []
  const runs: { from: number; to: number }[] = []
  for (let from = 0; from < piece.length; from += PAGE) {
    const to = Math.min(piece.length, from + PAGE)
    if (piece.subarray(from, to).equals(ZEROS.subarray(0, to - from))) continue
    const last = runs.at(-1)
    if (last !== undefined && last.to === from) last.to = to
    else runs.push({ from, to })
  }
  return runs
}

/** Bytes of the pages that are not all zeros: never more than what a file system has blocks for. */
export function dataIn(piece: Buffer): number {
  return dataRuns(piece).reduce((sum, { from, to }) => sum + to - from, 0)
}
