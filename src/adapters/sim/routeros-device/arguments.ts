import type { Traps } from './trap.ts'
import type { ValueKind } from './value-kinds.ts'

/** Arguments of a command by name, as sent. */
export type Arguments = ReadonlyMap<string, string>

/**
 * The given arguments as values. Every name must be in `known`, or it is skipped as one of `generic`.
 * Throws the traps for an unknown parameter and for a refused value, the first in the order sent.
 */
export function parseArguments(
  given: Arguments,
  known: ReadonlyMap<string, { readonly kind: ValueKind }>,
  generic: readonly string[],
  traps: Traps,
): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, text] of given) {
    if (generic.includes(name)) continue
    const argument = known.get(name)
    if (argument === undefined) throw traps.unknownParameter(name)
    const value = argument.kind(text)
    if (typeof value !== 'string') throw value.refused === 'invalid' ? traps.invalidValue(name) : traps.noMatch(name)
    values.set(name, value)
  }
  return values
}

/** Items that a command means: `.id` or `numbers`, comma lists, each by `*ID` or by name (both accepted in named menus). */
export function referencedItems<T>(given: Arguments, find: (reference: string) => T | undefined, traps: Traps): T[] {
  const text = given.get('.id') ?? given.get('numbers')
  if (text === undefined) throw traps.missing('.id')
  // Found all before anything is done; what a device does with a list that is wrong in part is unknown.
  return text.split(',').map(reference => {
    const item = find(reference)
    if (item === undefined) throw traps.noSuchItem()
    return item
  })
}
