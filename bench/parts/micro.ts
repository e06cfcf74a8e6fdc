import type { Part } from '../part.ts'
import { printTable } from '../table.ts'
import { decisions, rebuilds } from './micro-domain.ts'
import { listings, wire } from './micro-wire.ts'
import type { Piece } from './timing.ts'
import { timed } from './timing.ts'

const PIECES: readonly Piece[] = [...decisions, ...rebuilds, ...wire, ...listings]

/** The pure parts, each alone in this process. */
export const micro: Part = async ({ short }) => {
  printTable(
    'Pure parts, in this process',
    ['piece', 'best', 'median', 'unit', 'rate'],
    PIECES.map(piece => timed(piece, short ? 50 : 500)),
  )
}
