const GAP = 2

/** Rows as lines whose columns begin at the same place; the last column is as long as it likes. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const count = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)))
  const last = count - 1
  return rows.map(row => row.map((cell, at) => (at === last ? cell : cell.padEnd((widths[at] ?? 0) + GAP))).join(''))
}
