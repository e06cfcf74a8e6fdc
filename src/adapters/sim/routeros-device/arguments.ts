import type { Traps } from './trap.ts'
import { text, type ValueKind } from './value-kinds.ts'

/** Arguments of a command by name, as sent. */
export type Arguments = ReadonlyMap<string, string>

/** One argument that a command takes. */
export interface Argument {
  readonly kind: ValueKind
  /** Value of an item that was not told another. */
  readonly initial?: string
}

/** Arguments by name, which are the same in more than one command. */
export type ArgumentTable = ReadonlyMap<string, Argument>

/** How a command is told which items it means. */
export const REFERENCES: readonly (readonly [string, Argument])[] = [
  ['.id', { kind: text }],
  ['numbers', { kind: text }],
]

/** A table of arguments from names and kinds. */
export function argumentTable(
  kinds: Readonly<Record<string, ValueKind>>,
  more: Iterable<readonly [string, Argument]> = [],
): ArgumentTable {
  return new Map([...Object.entries(kinds).map(([name, kind]): [string, Argument] => [name, { kind }]), ...more])
}

/**
 * The given arguments as values. Throws the traps for an unknown parameter and for a refused value, the first in the
 * order sent.
 */
export function parseArguments(given: Arguments, known: ArgumentTable, traps: Traps): Map<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of given) {
    const argument = known.get(name)
    if (argument === undefined) throw traps.unknownParameter(name)
    const parsed = argument.kind(value)
    if (typeof parsed !== 'string') throw parsed.refused === 'invalid' ? traps.invalidValue(name) : traps.noMatch(name)
    values.set(name, parsed)
  }
  return values
}

/** Settings alone: the values without the references. */
export function parseSettings(given: Arguments, known: ArgumentTable, traps: Traps): Map<string, string> {
  const values = parseArguments(given, known, traps)
  for (const [name] of REFERENCES) values.delete(name)
  return values
}

/** Whether an argument that needs no value is there and is not `no`. */
export function isSet(args: Arguments, name: string): boolean {
  const value = args.get(name)
  return value !== undefined && value !== 'no' && value !== 'false'
}

/** Items that a command means: `.id` or `numbers`, comma lists, each by `*ID` or by name (both accepted in named menus). */
export function referencedItems<T>(given: Arguments, find: (reference: string) => T | undefined, traps: Traps): T[] {
  const references = given.get('.id') ?? given.get('numbers')
  if (references === undefined) throw traps.missing('.id')
  // Found all before anything is done; what a device does with a list that is wrong in part is unknown.
  return references.split(',').map(reference => {
    const item = find(reference)
    if (item === undefined) throw traps.noSuchItem()
    return item
  })
}
