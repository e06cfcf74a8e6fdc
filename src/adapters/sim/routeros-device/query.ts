import { Trap } from './trap.ts'

/** One printed item: property names and their values as the API writes them. */
export type Row = ReadonlyMap<string, string>

/**
 * Whether a row passes the query words of a print (manual, "API, Queries"): each word works on a stack of truth values,
 * and what is left on it at the end is and-ed.
 */
export function matchesQuery(row: Row, words: readonly string[]): boolean {
  let stack: boolean[] = []
  for (const word of words) {
    if (word.startsWith('?#')) stack = operate(stack, word.slice(2))
    else stack.push(test(row, word.slice(1)))
  }
  return stack.every(Boolean)
}

function test(row: Row, text: string): boolean {
  const lead = text.charAt(0)
  if (lead === '-') return !row.has(text.slice(1))
  if (lead === '<' || lead === '>') return compare(row, text.slice(1), lead)
  return equals(row, lead === '=' ? text.slice(1) : text)
}

/** `name` alone asks for the property, `name=value` for its value. */
function equals(row: Row, text: string): boolean {
  const at = text.indexOf('=')
  if (at < 0) return row.has(text)
  const value = row.get(text.slice(0, at))
  return value !== undefined && (value === text.slice(at + 1) || value === asBoolean(text.slice(at + 1)))
}

/** Requests may say yes and no where replies say true and false. */
function asBoolean(text: string): string | undefined {
  if (text === 'yes') return 'true'
  return text === 'no' ? 'false' : undefined
}

function compare(row: Row, text: string, operator: '<' | '>'): boolean {
  const at = text.indexOf('=')
  const value = row.get(text.slice(0, at))
  if (at < 0 || value === undefined) return false
  const wanted = text.slice(at + 1)
  const numeric = /^\d+$/.test(value) && /^\d+$/.test(wanted)
  const difference = numeric ? Number(value) - Number(wanted) : value < wanted ? -1 : Number(value > wanted)
  return operator === '<' ? difference < 0 : difference > 0
}

/**
 * `!` not, `&` and, `|` or, `.` pushes a copy of the top; a number is a place in the stack (0 is the top): followed by
 * another character it pushes a copy of that value, at the end of the word it replaces the whole stack by it.
 */
function operate(stack: readonly boolean[], operations: string): boolean[] {
  let left = [...stack]
  for (const { 0: token, index } of operations.matchAll(/\d+\.?|./g)) {
    const isLast = index + token.length === operations.length
    if (!/^\d/.test(token)) left = apply(left, token)
    else if (isLast && !token.endsWith('.')) left = [peek(left, Number(token))]
    else left = [...left, peek(left, Number.parseInt(token, 10))]
  }
  return left
}

function apply(stack: readonly boolean[], operator: string): boolean[] {
  const top = peek(stack, 0)
  switch (operator) {
    case '!':
      return [...stack.slice(0, -1), !top]
    case '&':
      return [...stack.slice(0, -2), peek(stack, 1) && top]
    case '|':
      return [...stack.slice(0, -2), peek(stack, 1) || top]
    case '.':
      return [...stack, top]
    default:
      throw new Trap('invalid query')
  }
}

function peek(stack: readonly boolean[], index: number): boolean {
  const value = stack.at(-1 - index)
  if (value === undefined) throw new Trap('invalid query')
  return value
}
