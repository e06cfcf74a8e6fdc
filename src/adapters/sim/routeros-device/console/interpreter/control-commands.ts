import { setTimeout as delay } from 'node:timers/promises'
import { duration } from '../../value-kinds.ts'
import { ConsoleError } from '../console-error.ts'
import type { GlobalStatement } from '../language/syntax.ts'
import { textOf, type Value } from '../language/value.ts'
import type { Interpreter } from './interpreter.ts'
import { elements, isTrue } from './operators.ts'
import { Scope } from './scope.ts'
import { serializeJson } from './serialize.ts'

type ControlCommand = (interpreter: Interpreter, statement: GlobalStatement, scope: Scope) => Promise<Value>

/** The commands that declare, write, decide, repeat or catch. */
export const CONTROL_COMMANDS: ReadonlyMap<string, ControlCommand> = new Map<string, ControlCommand>([
  ['put', put],
  ['local', (interpreter, { args }, scope) => declare(interpreter, args, scope, 'local')],
  ['global', (interpreter, { args }, scope) => declare(interpreter, args, scope, 'global')],
  ['set', (interpreter, { args }, scope) => declare(interpreter, args, scope, 'change')],
  ['if', decide],
  ['while', repeatWhile],
  ['for', count],
  ['foreach', forEach],
  ['do', catchErrors],
  ['onerror', onError],
  ['error', fail],
  ['delay', wait],
  ['serialize', serialize],
])

async function put(interpreter: Interpreter, { args }: GlobalStatement, scope: Scope): Promise<Value> {
  interpreter.host.writeLine(textOf(await interpreter.value(args.get('message'), scope)))
  return null
}

async function declare(
  interpreter: Interpreter,
  args: GlobalStatement['args'],
  scope: Scope,
  how: 'local' | 'global' | 'change',
): Promise<Value> {
  const name = nameIn(args, 'name')
  const value = await interpreter.value(args.get('value'), scope)
  if (how === 'local') scope.declare(name, value)
  else if (how === 'global') scope.declareGlobally(name, value)
  else if (!scope.change(name, value)) throw new ConsoleError(`bad variable name ${name}`)
  return value
}

async function decide(interpreter: Interpreter, { args, blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  const condition = isTrue(await interpreter.value(args.get('condition'), scope))
  return interpreter.run(blocks.get(condition ? 'do' : 'else') ?? [], new Scope(scope))
}

async function repeatWhile(interpreter: Interpreter, { args, blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  while (isTrue(await interpreter.value(args.get('condition'), scope))) {
    interpreter.host.signal.throwIfAborted()
    await interpreter.round(blocks.get('do') ?? [], new Scope(scope))
  }
  return null
}

async function count(interpreter: Interpreter, { args, blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  const number = async (name: string): Promise<number> => Number(textOf(await interpreter.value(args.get(name), scope)))
  const [from, to] = [await number('from'), await number('to')]
  const step = args.has('step') ? await number('step') : 1
  if (step === 0 || [from, to, step].some(Number.isNaN)) throw new ConsoleError('invalid value for argument step')
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
    interpreter.host.signal.throwIfAborted()
    const inner = new Scope(scope)
    inner.declare(nameIn(args, 'counter'), at)
    await interpreter.round(blocks.get('do') ?? [], inner)
  }
  return null
}

/** With two names, `k,v`, the first is the place or the name of the element. */
async function forEach(interpreter: Interpreter, { args, blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  const [one = '', other] = nameIn(args, 'counter').split(',')
  const array = await interpreter.value(args.get('in'), scope)
  const isNamed = typeof array === 'object' && array !== null && array.kind === 'fields'
  const keys: readonly Value[] = isNamed ? [...array.entries.keys()] : elements(array).map((_, index) => index)
  for (const [index, item] of elements(array).entries()) {
    interpreter.host.signal.throwIfAborted()
    const inner = new Scope(scope)
    if (other !== undefined) inner.declare(one, keys[index] ?? null)
    inner.declare(other ?? one, item)
    await interpreter.round(blocks.get('do') ?? [], inner)
  }
  return null
}

async function catchErrors(interpreter: Interpreter, { blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  const [body, handler] = [blocks.get('do') ?? [], blocks.get('on-error')]
  if (handler === undefined) return interpreter.run(body, new Scope(scope))
  const message = await interpreter.attempt(body, scope)
  return message === undefined ? null : interpreter.run(handler, new Scope(scope))
}

/** The name stands for the text of the error in the second block. */
async function onError(interpreter: Interpreter, { args, blocks }: GlobalStatement, scope: Scope): Promise<Value> {
  const message = await interpreter.attempt(blocks.get('in') ?? [], scope)
  if (message === undefined) return false
  const inner = new Scope(scope)
  inner.declare(nameIn(args, 'error'), message)
  await interpreter.run(blocks.get('do') ?? [], inner)
  return true
}

async function fail(interpreter: Interpreter, { args }: GlobalStatement, scope: Scope): Promise<Value> {
  throw new ConsoleError(textOf(await interpreter.value(args.get('message'), scope)))
}

/** Seconds, or a duration such as `300ms` or `1m30s`. */
async function wait(interpreter: Interpreter, { args }: GlobalStatement, scope: Scope): Promise<Value> {
  const ms = duration(textOf(await interpreter.value(args.get('delay-time'), scope)))
  // A timer takes no longer time than that.
  if (typeof ms !== 'string' || Number(ms) >= 2 ** 31) throw new ConsoleError('invalid value for argument delay-time')
  await delay(Number(ms), undefined, { signal: interpreter.host.signal, ref: false })
  return null
}

async function serialize(interpreter: Interpreter, { args }: GlobalStatement, scope: Scope): Promise<Value> {
  const format = textOf(await interpreter.value(args.get('to'), scope))
  if (format !== 'json') throw new ConsoleError('input does not match any value of to')
  const options = elements(await interpreter.value(args.get('options'), scope)).map(textOf)
  const noStringConversion = options.some(option => option.split(',').includes('json.no-string-conversion'))
  return serializeJson(await interpreter.value(args.get('value'), scope), { noStringConversion })
}

function nameIn(args: GlobalStatement['args'], argument: string): string {
  const name = args.get(argument)
  if (name?.kind !== 'word') throw new ConsoleError(`missing value(s) of argument(s) ${argument}`)
  return name.text
}
