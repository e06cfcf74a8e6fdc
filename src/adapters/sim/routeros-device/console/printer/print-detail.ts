import type { Menu } from '../../command.ts'
import { type ConsoleStyle, lineLimit } from './console-style.ts'
import { legendOf } from './legend.ts'
import { commentLines, fieldsOf, prefixesOf, type PrintedItem } from './printed-item.ts'
import { type Field, wrapFields } from './wrap.ts'

/** Lines of `print detail`: the legend, then each item, with a line in between. */
export function printDetail(menu: Menu, items: readonly PrintedItem[], style: ConsoleStyle): string[] {
  const isOlder = style.indent === '15'
  // The older console keeps room for labels of two characters and for one flag (captures).
  const prefixes = prefixesOf(menu, items, isOlder ? { label: 2, flags: 1 } : { label: 1, flags: 0 })
  const lines = legendOf(menu, items, style)
  for (const [index, item] of items.entries()) {
    if (index > 0) lines.push(isOlder ? '' : ' ')
    lines.push(...printOne(menu, item, prefixes[index] ?? '', style))
  }
  return lines
}

function printOne(menu: Menu, item: PrintedItem, prefix: string, style: ConsoleStyle): string[] {
  const isOlder = style.indent === '15' && menu.path === '/disk'
  const indent = isOlder ? 15 : prefix.length
  const fields = fieldsOf(menu, item).map(field => (isOlder ? standAlone(field) : field))
  const [first, ...more] = commentLines(item)
  const limit = lineLimit(style)
  if (first === undefined) return wrapFields(fields, { prefix, indent, limit })
  const below = ' '.repeat(indent)
  const comment = [`${prefix}${first}`, ...more.map(line => `${below}${line}`)]
  return [...comment, ...wrapFields(fields, { prefix: below, indent, limit })]
}

/** Paths stood on lines of their own in the older capture. */
function standAlone(field: Field): Field {
  return field.value.startsWith('/') || field.value.startsWith('"/') ? { ...field, alone: true } : field
}
