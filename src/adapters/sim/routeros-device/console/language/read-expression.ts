import { readParentheses, readQuotedName, readSubstitution, readText } from './read-text.ts'
import type { Reading } from './reading.ts'
import type { BinaryOperator, Expression } from './syntax.ts'

/** A word in an expression: a number, or what begins like a name, a path, an id or a property. */
const WORD = /\d+(?![\w.:])|(?:\*+|[A-Za-z0-9_/.])[\w./:@-]*/y

/** Operators from the loosest to the tightest binding; those of one line bind alike, from left to right. */
const OPERATORS: readonly (readonly [RegExp, Readonly<Record<string, BinaryOperator>>])[] = [
  [/\|\||or\b/y, { '||': 'or', or: 'or' }],
  [/&&|and\b/y, { '&&': 'and', and: 'and' }],
  [/!=|<=|>=|=|<|>|~|in\b/y, { '!=': '!=', '<=': '<=', '>=': '>=', '=': '=', '<': '<', '>': '>', '~': '~', in: 'in' }],
  [/[.,]/y, { '.': '.', ',': ',' }],
  [/\+|-(?!>)/y, { '+': '+', '-': '-' }],
  [/[*/%]/y, { '*': '*', '/': '/', '%': '%' }],
  [/->/y, { '->': '->' }],
]
const AND = 1
const COMPARISON = 2

/** Reads an expression. With `properties`, words left of a comparison, or alone, are properties of an item. */
export function readExpression(reading: Reading, properties: boolean): Expression {
  return readLevel(reading, 0, properties)
}

/**
 * Reads the conditions of a `where`, up to the end of its command. Conditions may stand side by side, which means that
 * all must hold.
 */
export function readConditions(reading: Reading, ends: () => boolean): Expression | undefined {
  let all: Expression | undefined
  for (reading.cursor.skipBlanks(); !ends(); reading.cursor.skipBlanks()) {
    const one = readLevel(reading, 0, true)
    all = all === undefined ? one : { kind: 'binary', operator: 'and', left: all, right: one }
  }
  return all
}

function readLevel(reading: Reading, level: number, properties: boolean): Expression {
  const [expression, meanings] = OPERATORS[level] ?? []
  if (expression === undefined || meanings === undefined) return readUnary(reading, properties)
  const { cursor } = reading
  let left = level === AND ? readNot(reading, properties) : readLevel(reading, level + 1, properties)
  for (;;) {
    cursor.skipBlanks()
    const operator = meanings[cursor.take(expression) ?? '']
    if (operator === undefined) return left
    // What a property is compared with is a value, whatever it is called.
    const right =
      level === AND ? readNot(reading, properties) : readLevel(reading, level + 1, properties && level < COMPARISON)
    left = { kind: 'binary', operator, left, right }
  }
}

/** `!` and `not` bind looser than a comparison: `!slot="x"` is everything but x. */
function readNot(reading: Reading, properties: boolean): Expression {
  reading.cursor.skipBlanks()
  if (reading.cursor.take(/!(?!=)|not\b/y) !== undefined) return { kind: 'not', of: readNot(reading, properties) }
  return readLevel(reading, COMPARISON, properties)
}

function readUnary(reading: Reading, properties: boolean): Expression {
  const { cursor } = reading
  cursor.skipBlanks()
  if (cursor.take(/-(?=[\d($])/y) !== undefined) return { kind: 'minus', of: readUnary(reading, properties) }
  const word = cursor.take(WORD)
  if (word !== undefined)
    return properties && /^[a-z.]/i.test(word)
      ? { kind: 'name', of: 'property', name: word }
      : { kind: 'word', text: word }
  return readPrimary(reading, properties)
}

/** A value that shows by its first character what it is: `"…"`, `$…`, `[…]`, `(…)` or `{…}`. */
export function readPrimary(reading: Reading, properties: boolean): Expression {
  const { cursor } = reading
  switch (cursor.peek()) {
    case '"':
      return readText(reading)
    case '$':
      return readSubstitution(reading)
    case '[':
      cursor.next()
      return { kind: 'call', body: reading.block(']') }
    case '(':
      return readParentheses(reading, properties)
    case '{':
      return readArray(reading)
    default:
      throw cursor.error('syntax error')
  }
}

/** `{1;2}` or `{a=1;b=2}`. */
function readArray(reading: Reading): Expression {
  const { cursor } = reading
  const items: { key?: string; value: Expression }[] = []
  cursor.next()
  for (cursor.skipBlanks(); !cursor.takes('}'); cursor.skipBlanks()) {
    const key = readKey(reading)
    const value = reading.expression(false)
    items.push(key === undefined ? { value } : { key, value })
    cursor.skipBlanks()
    if (cursor.peek() !== '}' && !cursor.takes(';')) throw cursor.error('syntax error')
  }
  return { kind: 'array', items }
}

function readKey(reading: Reading): string | undefined {
  const { cursor } = reading
  const start = cursor.index
  const key = cursor.peek() === '"' ? readQuotedName(reading) : cursor.take(/[A-Za-z0-9.-]+/y)
  if (key !== undefined && cursor.peek() === '=' && cursor.takes('=')) return key
  cursor.index = start
  return undefined
}
