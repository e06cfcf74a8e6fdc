type Cell = string | number

/** Prints a table under a title; numbers are right-aligned. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map(row => row.map(cell => (typeof cell === 'number' ? figure(cell) : cell)))
  const widths = head.map((name, at) => Math.max(name.length, ...texts.map(row => row[at]?.length ?? 0)))
  const isNumber = head.map((_, at) => rows.some(row => typeof row[at] === 'number'))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
  console.log(`\n${title}`)
  console.log(`  ${line(head)}`.trimEnd())
  console.log(`  ${widths.map(width => '-'.repeat(width)).join('  ')}`)
  for (const row of texts) console.log(`  ${line(row)}`.trimEnd())
}

/** With as many digits as mean something. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toFixed(digits)
}
