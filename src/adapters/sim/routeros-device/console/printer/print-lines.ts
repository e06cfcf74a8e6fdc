import type { Menu } from '../../command.ts'
import type { Row } from '../../query.ts'
import { commentLines, fieldsOf, prefixesOf, plainValueOf, type PrintedItem } from './printed-item.ts'

/** Lines of `print terse`: each item on one line, with its comment as a field, never wrapped. */
export function printTerse(menu: Menu, items: readonly PrintedItem[]): string[] {
  const prefixes = prefixesOf(menu, items, { label: 1, flags: 0 })
  return items.map((item, index) => {
    const comment = commentLines(item).map(line => line.slice(4))
    const fields = fieldsOf(menu, item).map(({ name, value }) => `${name}=${value}`)
    const told = comment.length > 0 ? [`comment=${comment.join(' ')}`, ...fields] : fields
    return `${prefixes[index] ?? ''}${told.join(' ')}`
  })
}

/** Lines of a menu with one set of values, and of a monitor: names and values to the right, captured with `once`. */
export function printValues(menu: Menu, row: Row): string[] {
  const values = Array.from(row)
    .filter(([name]) => name !== '.id' && name !== '.section')
    .map(([name, raw]) => [name, plainValueOf(menu, name, raw)] as const)
  const name = Math.max(0, ...values.map(([text]) => text.length)) + 2
  const value = Math.max(0, ...values.map(([, text]) => text.length))
  return values.map(([left, right]) => `${left.padStart(name)}: ${right.padStart(value)}`.trimEnd())
}

/** Lines of a record of `nvme-discover`, with its number from 0 (manual). */
export function printDiscoveryRecord(menu: Menu, row: Row, index: number): string[] {
  const labels = Math.max(...Array.from(row.keys(), name => name.length)) + 2
  const fields = Array.from(row, ([name, raw]) => `${`${name}:`.padEnd(labels)}${plainValueOf(menu, name, raw)}`)
  return [`=====Discovery Log Entry ${index}======`, ...fields]
}
