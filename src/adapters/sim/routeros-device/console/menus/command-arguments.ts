import { fromByteText } from '../byte-text.ts'
import type { EvaluatedCommand } from '../interpreter/interpreter.ts'
import { argumentOf } from '../language/value.ts'

/** The arguments of a command as the model takes them, words that stand for themselves as `yes`; without those named. */
export function modelArguments(
  { args, options }: EvaluatedCommand,
  without: readonly string[] = [],
): Map<string, string> {
  const words = [...options].map((name): [string, string] => [name, 'yes'])
  const values = Array.from(args, ([name, value]): [string, string] => [name, fromByteText(argumentOf(value))])
  return new Map([...values, ...words].filter(([name]) => !without.includes(name)))
}
