import type { Expression, Statement } from '../language/syntax.ts'
import { fieldsOf, listOf, textOf, type Value, valueOfWord } from '../language/value.ts'
import { applyOperator, isTrue } from './operators.ts'

/** What names in an expression stand for. */
export interface Names {
  variable(name: string): Value
  /** Properties of the item that a condition is about. */
  property(name: string): Value
}

/** Carries commands out and answers the value of the last one. */
type Run = (body: readonly Statement[]) => Promise<Value>

/**
 * The expression with the commands in it carried out, each once, in the order in which they stand. What is left can be
 * evaluated for many items without waiting.
 */
export async function carryOut(expression: Expression, run: Run): Promise<Expression> {
  switch (expression.kind) {
    case 'call':
      return { kind: 'value', value: await run(expression.body) }
    case 'not':
    case 'minus':
      return { ...expression, of: await carryOut(expression.of, run) }
    case 'binary': {
      const left = await carryOut(expression.left, run)
      return { ...expression, left, right: await carryOut(expression.right, run) }
    }
    case 'text':
      return { kind: 'text', parts: await carryOutAll(expression.parts, run) }
    case 'array': {
      const values = await carryOutAll(
        expression.items.map(({ value }) => value),
        run,
      )
      return {
        kind: 'array',
        items: expression.items.map((item, at) => ({ ...item, value: values[at] ?? item.value })),
      }
    }
    case 'word':
    case 'value':
    case 'name':
      return expression
  }
}

async function carryOutAll(expressions: readonly Expression[], run: Run): Promise<Expression[]> {
  const done: Expression[] = []
  for (const expression of expressions) done.push(await carryOut(expression, run))
  return done
}

/** The value of an expression without commands. Throws a `ConsoleError` where an operator can't work. */
export function evaluate(expression: Expression, names: Names): Value {
  switch (expression.kind) {
    case 'word':
      return valueOfWord(expression.text)
    case 'value':
      return expression.value
    case 'text':
      return expression.parts.map(part => textOf(evaluate(part, names))).join('')
    case 'name':
      return names[expression.of](expression.name)
    case 'not':
      return !isTrue(evaluate(expression.of, names))
    case 'minus':
      return applyOperator('-', 0, evaluate(expression.of, names))
    case 'binary':
      return applyOperator(expression.operator, evaluate(expression.left, names), evaluate(expression.right, names))
    case 'array':
      return evaluateArray(expression.items, names)
    case 'call':
      throw new TypeError('commands are carried out before')
  }
}

/** An array is named as soon as one of its elements is. */
function evaluateArray(items: readonly { readonly key?: string; readonly value: Expression }[], names: Names): Value {
  const values = items.map(({ key, value }) => [key, evaluate(value, names)] as const)
  if (values.every(([key]) => key === undefined)) return listOf(values.map(([, value]) => value))
  return fieldsOf(values.map(([key, value], index) => [key ?? String(index), value]))
}
