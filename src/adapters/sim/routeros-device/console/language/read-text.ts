import type { Reading } from './reading.ts'
import type { Expression } from './syntax.ts'
import { textOf } from './value.ts'

/** What stands for a character behind a backslash (manual, "Constant Escape Sequences"); hexadecimal pairs are capitals. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['$', '$'],
  ['?', '?'],
  ['_', ' '],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** Reads a quoted string whose first quote is here. It ends on its own line. */
export function readText(reading: Reading): Expression {
  const { cursor } = reading
  const start = cursor.index
  const parts: Expression[] = []
  cursor.next()
  for (;;) {
    const plain = cursor.take(/[^"\\$\r\n]+/y)
    if (plain !== undefined) parts.push({ kind: 'value', value: plain })
    else if (cursor.takes('"')) return { kind: 'text', parts }
    else if (cursor.peek() === '\\') parts.push({ kind: 'value', value: readEscape(reading) })
    else if (cursor.peek() === '$') parts.push(readSubstitution(reading))
    // A line that ends within a string can't go on: one line is one command over SSH.
    else throw cursor.error('syntax error', cursor.atEnd ? cursor.index : start)
  }
}

function readEscape({ cursor }: Reading): string {
  const at = cursor.index
  if (cursor.take(/\\\r?\n[ \t]*/y) !== undefined) return ''
  const pair = cursor.take(/\\[0-9A-F]{2}/y)
  if (pair !== undefined) return String.fromCharCode(Number.parseInt(pair.slice(1), 16))
  cursor.next()
  const meant = ESCAPES.get(cursor.next())
  if (meant === undefined) throw cursor.error('syntax error', at)
  return meant
}

/** What stands behind a `$`: the name of a variable, quoted or not, commands in `[…]` or an expression in `(…)`. */
export function readSubstitution(reading: Reading): Expression {
  const { cursor } = reading
  const at = cursor.index
  cursor.next()
  if (cursor.takes('[')) return { kind: 'call', body: reading.block(']') }
  if (cursor.peek() === '(') return readParentheses(reading, false)
  const name = cursor.take(/[A-Za-z0-9]+/y) ?? readQuotedName(reading)
  if (name === undefined) throw cursor.error('syntax error', at)
  return { kind: 'name', of: 'variable', name }
}

/** `(…)`, whose opening one is here. */
export function readParentheses(reading: Reading, properties: boolean): Expression {
  const { cursor } = reading
  cursor.next()
  const inner = reading.expression(properties)
  cursor.skipBlanks()
  if (!cursor.takes(')')) throw cursor.error('syntax error')
  return inner
}

/** A name in quotes, `$"my-name"`; `undefined` where there is none, or one that is more than plain text. */
export function readQuotedName(reading: Reading): string | undefined {
  if (reading.cursor.peek() !== '"') return undefined
  const text = readText(reading)
  const parts = text.kind === 'text' ? text.parts : []
  const plain = parts.flatMap(part => (part.kind === 'value' ? [textOf(part.value)] : []))
  return plain.length === parts.length ? plain.join('') : undefined
}
