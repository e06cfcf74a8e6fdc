import { setImmediate as turn } from 'node:timers/promises'
import type { Expression, GlobalStatement, MenuStatement, Statement } from '../language/syntax.ts'
import type { Value } from '../language/value.ts'
import { CONTROL_COMMANDS } from './control-commands.ts'
import { carryOut, evaluate, type Names } from './evaluate.ts'
import { Scope } from './scope.ts'
import { VALUE_COMMANDS } from './text-commands.ts'

/** What a script works on. */
export interface ScriptHost {
  /** Ends the script between two of its commands, and their waits. */
  readonly signal: AbortSignal
  /** Writes one line, a byte text. */
  writeLine(line: string): void
  /** Carries out a menu's command. */
  menuCommand(command: EvaluatedCommand): Promise<Value>
  /** What a script is told of an error that it catches; `undefined` for one that it can't. */
  messageOf(error: unknown): string | undefined
}

/** A menu's command with its arguments evaluated. */
export interface EvaluatedCommand {
  readonly menu: string
  readonly command: string
  readonly args: ReadonlyMap<string, Value>
  readonly options: ReadonlySet<string>
  /** Whether an item whose properties are given meets the conditions; `undefined`: there are none. */
  readonly where: ((property: (name: string) => Value) => Value) | undefined
  readonly place: Place
}

/** Where a command stands: for itself, or in brackets for its value. */
export type Place = 'line' | 'value'

/** Carries a script out, command by command. */
export class Interpreter {
  readonly host: ScriptHost

  constructor(host: ScriptHost) {
    this.host = host
  }

  /** Answers the value of the last command. Rejects with what a command threw, or with the reason of the signal. */
  async run(body: readonly Statement[], scope: Scope, place: Place = 'line'): Promise<Value> {
    let value: Value = null
    for (const statement of body) {
      this.host.signal.throwIfAborted()
      value = await this.#perform(statement, scope, place)
    }
    return value
  }

  /** A round of a loop: other work of the process gets its turn. */
  async round(body: readonly Statement[], scope: Scope): Promise<void> {
    await turn()
    await this.run(body, scope)
  }

  /** The value of an expression, `null` without one. */
  async value(expression: Expression | undefined, scope: Scope): Promise<Value> {
    if (expression === undefined) return null
    const ready = await this.#carryOut(expression, scope)
    return evaluate(ready, namesOf(scope))
  }

  /** Runs commands; an error of theirs that a script can catch is answered as text. */
  async attempt(body: readonly Statement[], scope: Scope): Promise<string | undefined> {
    try {
      await this.run(body, new Scope(scope))
      return undefined
    } catch (error) {
      const message = this.host.messageOf(error)
      if (message === undefined) throw error
      return message
    }
  }

  async #perform(statement: Statement, scope: Scope, place: Place): Promise<Value> {
    switch (statement.kind) {
      case 'block':
        return this.run(statement.body, new Scope(scope), place)
      case 'menu':
        return this.#menuCommand(statement, scope, place)
      case 'global':
        return this.#global(statement, scope)
    }
  }

  async #global(statement: GlobalStatement, scope: Scope): Promise<Value> {
    const control = CONTROL_COMMANDS.get(statement.name)
    if (control !== undefined) return control(this, statement, scope)
    const given = new Map<string, Value>()
    for (const [name, expression] of statement.args) given.set(name, await this.value(expression, scope))
    return VALUE_COMMANDS.get(statement.name)?.(name => given.get(name) ?? null) ?? null
  }

  async #menuCommand(statement: MenuStatement, scope: Scope, place: Place): Promise<Value> {
    const args = new Map<string, Value>()
    for (const [name, expression] of statement.args) {
      // A word is kept as it stands: `007` stays that, and `yes` is up to the argument.
      args.set(name, expression.kind === 'word' ? expression.text : await this.value(expression, scope))
    }
    const where = statement.where && (await this.#carryOut(statement.where, scope))
    return this.host.menuCommand({
      menu: statement.menu,
      command: statement.command,
      args,
      options: statement.options,
      where: where && (property => evaluate(where, namesOf(scope, property))),
      place,
    })
  }

  #carryOut(expression: Expression, scope: Scope): Promise<Expression> {
    return carryOut(expression, body => this.run(body, new Scope(scope), 'value'))
  }
}

/** In a condition a variable that is called like a property of the item means the property (common console knowledge). */
function namesOf(scope: Scope, property?: (name: string) => Value): Names {
  if (property === undefined) return { variable: name => scope.get(name), property: name => name }
  return { variable: name => property(name) ?? scope.get(name), property }
}
