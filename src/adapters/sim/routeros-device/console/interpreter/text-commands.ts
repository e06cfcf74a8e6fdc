import { ConsoleError } from '../console-error.ts'
import { isArray, listOf, textOf, truthOf, typeOf, type Value } from '../language/value.ts'
import { elements } from './operators.ts'

/** Arguments of a command, evaluated; `null` where one was not given. */
export type Given = (name: string) => Value

/** The commands that only make one value of others. */
export const VALUE_COMMANDS: ReadonlyMap<string, (given: Given) => Value> = new Map([
  ['len', given => lengthOf(given('value'))],
  ['typeof', given => typeOf(given('value'))],
  ['tostr', given => textOf(given('value'))],
  ['tonum', given => toNumber(given('value'))],
  ['tobool', given => truthOf(textOf(given('value'))) ?? null],
  ['toarray', given => toArray(given('value'))],
  ['pick', pick],
  ['find', find],
])

function lengthOf(value: Value): number {
  return isArray(value) ? elements(value).length : textOf(value).length
}

/** A text that says no number makes nothing. */
function toNumber(value: Value): Value {
  const text = textOf(value)
  return /^-?\d+$/.test(text) ? Number(text) : null
}

function toArray(value: Value): Value {
  if (isArray(value)) return value
  const text = textOf(value)
  return listOf(text === '' ? [] : text.split(','))
}

/** The character or element at `begin`, or those from there up to, but without, `end`. */
function pick(given: Given): Value {
  const value = given('value')
  const begin = numberAt(given, 'begin') ?? 0
  const end = numberAt(given, 'end') ?? begin + 1
  if (!isArray(value)) return textOf(value).slice(begin, end)
  return given('end') === null ? (elements(value)[begin] ?? null) : listOf(elements(value).slice(begin, end))
}

/** Where a text or an element is; nothing when it is not there. It looks behind the place `from`. */
function find(given: Given): Value {
  const value = given('value')
  const from = (numberAt(given, 'from') ?? -1) + 1
  const what = textOf(given('what'))
  const place = isArray(value) ? elements(value).map(textOf).indexOf(what, from) : textOf(value).indexOf(what, from)
  return place < 0 ? null : place
}

function numberAt(given: Given, name: string): number | undefined {
  const value = given(name)
  if (value === null) return undefined
  const number = Number(textOf(value))
  if (!Number.isInteger(number)) throw new ConsoleError(`invalid value for argument ${name}`)
  return number
}
