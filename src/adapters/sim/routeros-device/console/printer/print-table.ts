import type { Menu } from '../../command.ts'
import { type ConsoleStyle, lineLimit } from './console-style.ts'
import { legendOf } from './legend.ts'
import { commentLines, presentFlags, type PrintedItem, plainValueOf, prefixesOf } from './printed-item.ts'
import { wrapWords } from './wrap.ts'

interface Column {
  readonly name: string
  readonly cells: readonly string[]
  readonly width: number
  /** Numbers stand to the right. */
  readonly numeric: boolean
}

/**
 * Lines of a print without `detail`: legend, names of the columns, then one line for each item. Columns that no item has
 * are left out. No capture of this form is at hand: padded columns is all that is known.
 */
export function printTable(
  menu: Menu,
  items: readonly PrintedItem[],
  names: readonly string[],
  style: ConsoleStyle,
): string[] {
  const lines = legendOf(menu, items, style)
  if (items.length === 0) return lines
  const columns = names.map(name => columnOf(menu, items, name)).filter(({ cells }) => cells.some(cell => cell !== ''))
  const prefixes = prefixesOf(menu, items, { label: 1, flags: 0 })
  const hasFlags = presentFlags(menu, items).length > 0
  const head = columns.map(({ name }) => name.toUpperCase())
  const write = (prefix: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => pad(cell, columns[index]))
    return `${hasFlags ? prefix : prefix.trimEnd().concat(' ')}${padded.join('  ')}`
      .slice(0, lineLimit(style))
      .trimEnd()
  }
  lines.push(...wrapWords(`Columns: ${head.join(', ')}`, lineLimit(style)))
  lines.push(write('#'.padEnd(prefixes[0]?.length ?? 0), head))
  for (const [index, item] of items.entries()) {
    lines.push(...commentLines(item))
    lines.push(
      write(
        prefixes[index] ?? '',
        columns.map(({ cells }) => cells[index] ?? ''),
      ),
    )
  }
  return lines
}

function columnOf(menu: Menu, items: readonly PrintedItem[], name: string): Column {
  const cells = items.map(({ row }) => {
    const raw = row.get(name)
    return raw === undefined ? '' : plainValueOf(menu, name, raw)
  })
  const display = menu.displays.get(name) ?? 'bare'
  const numeric = display !== 'bare' && display !== 'quoted' && display !== 'flag'
  return { name, cells, width: Math.max(name.length, ...cells.map(cell => cell.length)), numeric }
}

function pad(cell: string, column: Column | undefined): string {
  const width = column?.width ?? 0
  return column?.numeric === true ? cell.padStart(width) : cell.padEnd(width)
}
