import type { Menu } from '../../command.ts'
import type { Row } from '../../query.ts'
import { toByteText } from '../byte-text.ts'
import { fieldsOf, type Value } from '../language/value.ts'

/** A property of an item as a value of the language; nothing where the item has none. */
export function valueOf(menu: Menu, row: Row, name: string): Value {
  const raw = row.get(name)
  if (raw === undefined) return null
  if (name === '.id') return { kind: 'id', text: raw }
  const display = menu.displays.get(name) ?? (menu.flags.some(({ property }) => property === name) ? 'flag' : 'bare')
  if (display === 'flag') return truth(raw) ?? toByteText(raw)
  return display === 'bare' || display === 'quoted' ? toByteText(raw) : (whole(raw) ?? toByteText(raw))
}

function truth(raw: string): boolean | undefined {
  return raw === 'true' ? true : raw === 'false' ? false : undefined
}

function whole(raw: string): number | undefined {
  return /^\d{1,16}$/.test(raw) && Number.isSafeInteger(Number(raw)) ? Number(raw) : undefined
}

/** The properties of an item by name; `names` picks some, and the `.id` is there in any case. */
export function fieldsOfRow(menu: Menu, row: Row, names?: readonly string[]): Value {
  const wanted = names === undefined ? [...row.keys()] : ['.id', ...names].filter(name => row.has(name))
  return fieldsOf(wanted.map(name => [name, valueOf(menu, row, name)] as const))
}
