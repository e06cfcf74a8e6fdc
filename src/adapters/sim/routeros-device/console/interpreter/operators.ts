import { ConsoleError } from '../console-error.ts'
import type { BinaryOperator } from '../language/syntax.ts'
import { isArray, listOf, textOf, truthOf, type Value } from '../language/value.ts'

type Operation = (left: Value, right: Value) => Value

const OPERATIONS: Readonly<Record<BinaryOperator, Operation>> = {
  or: (left, right) => isTrue(left) || isTrue(right),
  and: (left, right) => isTrue(left) && isTrue(right),
  '=': (left, right) => order(left, right) === 0,
  '!=': (left, right) => order(left, right) !== 0,
  '<': (left, right) => left !== null && order(left, right) < 0,
  '<=': (left, right) => left !== null && order(left, right) <= 0,
  '>': (left, right) => left !== null && order(left, right) > 0,
  '>=': (left, right) => left !== null && order(left, right) >= 0,
  '~': (left, right) => matches(textOf(left), textOf(right)),
  in: (left, right) => elements(right).some(item => order(left, item) === 0),
  '.': (left, right) => `${textOf(left)}${textOf(right)}`,
  ',': (left, right) => listOf([...elements(left), ...elements(right)]),
  '->': element,
  '+': arithmetic((one, other) => one + other),
  '-': arithmetic((one, other) => one - other),
  '*': arithmetic((one, other) => one * other),
  '/': arithmetic((one, other) => Math.trunc(one / other)),
  '%': arithmetic((one, other) => one % other),
}

/** Applies an operator. Throws a `ConsoleError` for operands that it can't work with. */
export function applyOperator(operator: BinaryOperator, left: Value, right: Value): Value {
  return OPERATIONS[operator](left, right)
}

/** Truth of a condition; a text counts as the truth value that it says. */
export function isTrue(value: Value): boolean {
  if (value === null) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  return truthOf(textOf(value)) ?? false
}

/**
 * Below zero, zero or above. Numbers and truth values are compared as such, also with a text that says one: whether a
 * device converts here is unknown. Nothing equals the empty text, so that `comment=""` finds what has no comment.
 */
function order(left: Value, right: Value): number {
  const [one, other] = [numberOf(left), numberOf(right)]
  if (one !== undefined && other !== undefined) return one - other
  if (typeof left === 'boolean' || typeof right === 'boolean') return Number(isTrue(left)) - Number(isTrue(right))
  const [text, against] = [textOf(left), textOf(right)]
  return text < against ? -1 : Number(text > against)
}

function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** Extended regular expressions of POSIX, as far as JavaScript's mean the same. */
function matches(text: string, expression: string): boolean {
  try {
    return new RegExp(expression).test(text)
  } catch {
    throw new ConsoleError('failure: bad regular expression')
  }
}

/** The elements of a list, the values of named elements; anything else is its own only element. */
export function elements(value: Value): readonly Value[] {
  if (!isArray(value)) return [value]
  return value.kind === 'list' ? value.items : [...value.entries.values()]
}

function element(array: Value, key: Value): Value {
  if (!isArray(array)) return null
  if (array.kind === 'fields') return array.entries.get(textOf(key)) ?? null
  return typeof key === 'number' ? (array.items[key] ?? null) : null
}

function arithmetic(calculation: (one: number, other: number) => number): Operation {
  return (left, right) => {
    const [one, other] = [numberOf(left), numberOf(right)]
    if (one === undefined || other === undefined) throw new ConsoleError('failure: numbers are needed here')
    const result = calculation(one, other)
    if (!Number.isFinite(result)) throw new ConsoleError('failure: division by zero')
    return result
  }
}
