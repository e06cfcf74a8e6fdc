import { fromByteText } from '../byte-text.ts'
import { argumentOf, textOf, type Value } from '../language/value.ts'
import type { MenuAccess } from './menu-access.ts'

/**
 * The items that a value means, as the model takes them: ids and names as they are, a number as the item with that place
 * in the listing. `undefined`: an empty list, as `[find]` makes it, which is no item and no error.
 */
export function referencesOf(access: MenuAccess, menu: string, value: Value): string | undefined {
  if (typeof value === 'object' && value?.kind === 'list' && value.items.length === 0) return undefined
  const { named } = access.menu(menu)
  const text = fromByteText(typeof value === 'object' ? argumentOf(value) : textOf(value))
  if (!/^\d+(?:,\d+)*$/.test(text)) return text
  const rows = access.rows(menu)
  const isName = (part: string): boolean => named !== undefined && rows.some(row => row.get(named) === part)
  return text
    .split(',')
    .map(part => (isName(part) ? part : (rows[Number(part)]?.get('.id') ?? part)))
    .join(',')
}
