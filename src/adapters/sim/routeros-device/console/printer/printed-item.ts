import type { Menu } from '../../command.ts'
import type { Row } from '../../query.ts'
import { toByteText } from '../byte-text.ts'
import { formatValue } from './format-value.ts'
import type { Field } from './wrap.ts'

/** One item of a listing. */
export interface PrintedItem {
  /** What stands before it: its place in the whole listing, or its `.id`. */
  readonly label: string
  readonly row: Row
}

/** The fields of an item as they are written, in the order of the row; what flags and comments tell is left out. */
export function fieldsOf(menu: Menu, { row }: PrintedItem): Field[] {
  const silent = new Set(menu.flags.filter(({ printed }) => !printed).map(({ property }) => property))
  return Array.from(row)
    .filter(([name]) => name !== '.id' && name !== 'comment' && !silent.has(name))
    .map(([name, raw]) => ({ name, value: valueOf(menu, name, raw) }))
}

/** One value as it is written. */
export function valueOf(menu: Menu, name: string, raw: string): string {
  return formatValue(toByteText(raw), menu.displays.get(name) ?? 'bare')
}

/** One value as it is written where nothing needs quotes. */
export function plainValueOf(menu: Menu, name: string, raw: string): string {
  const display = menu.displays.get(name) ?? 'bare'
  return formatValue(toByteText(raw), display === 'quoted' ? 'bare' : display)
}

/** What stands before each item: labels to the right, then one column for each flag that any of them has. */
export function prefixesOf(
  menu: Menu,
  items: readonly PrintedItem[],
  least: { label: number; flags: number },
): string[] {
  const present = presentFlags(menu, items)
  const labels = Math.max(least.label, ...items.map(({ label }) => label.length))
  const flags = Math.max(least.flags, present.length)
  return items.map(({ label, row }) => {
    const letters = present.map(({ letter, property }) => (row.get(property) === 'true' ? letter : ' ')).join('')
    return `${label.padStart(labels)} ${letters.padEnd(flags)} `
  })
}

/** The flags that any of the items has, in the order of the menu. */
export function presentFlags(menu: Menu, items: readonly PrintedItem[]): Menu['flags'] {
  return menu.flags.filter(({ property }) => items.some(({ row }) => row.get(property) === 'true'))
}

/** The comment of an item, one line each; none without a comment. */
export function commentLines({ row }: PrintedItem): string[] {
  const comment = row.get('comment') ?? ''
  return comment === ''
    ? []
    : toByteText(comment)
        .split(/\r?\n/)
        .map(line => `;;; ${line}`)
}
