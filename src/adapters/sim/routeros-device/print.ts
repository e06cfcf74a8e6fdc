import type { Command, Outcome } from './command.ts'
import { matchesQuery, type Row } from './query.ts'
import type { Traps } from './trap.ts'

/** Arguments that every print takes; those that only shape console output change nothing here. */
const GENERIC =
  '.proplist count-only detail terse brief as-value value-list without-paging show-ids show-sensitive stats stats-detail proplist'
const PRINT_ARGUMENTS: ReadonlySet<string> = new Set(GENERIC.split(' '))

/** Answers a print: queries, then `.proplist`; `count-only` answers `=ret=` with the number of items (manual). */
export function printRows(
  rows: readonly Row[],
  command: Command,
  traps: Traps,
  extra: readonly string[] = [],
): Outcome {
  for (const name of command.args.keys()) {
    if (!PRINT_ARGUMENTS.has(name) && !extra.includes(name)) throw traps.unknownParameter(name)
  }
  const matching = rows.filter(row => matchesQuery(row, command.queries))
  if (command.args.has('count-only')) return { ret: String(matching.length) }
  const wanted = command.args.get('.proplist') ?? command.args.get('proplist')
  return { rows: wanted === undefined ? matching : matching.map(row => pick(row, wanted.split(','))) }
}

function pick(row: Row, names: readonly string[]): Row {
  const picked = new Map<string, string>()
  for (const name of names) {
    const value = row.get(name)
    if (value !== undefined) picked.set(name, value)
  }
  return picked
}
