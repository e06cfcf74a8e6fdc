import type { EvaluatedCommand } from '../../../../../src/adapters/sim/routeros-device/console/interpreter/interpreter.ts'
import { Interpreter } from '../../../../../src/adapters/sim/routeros-device/console/interpreter/interpreter.ts'
import { Scope } from '../../../../../src/adapters/sim/routeros-device/console/interpreter/scope.ts'
import type { MenuSyntax } from '../../../../../src/adapters/sim/routeros-device/console/language/command-syntax.ts'
import { readScript } from '../../../../../src/adapters/sim/routeros-device/console/language/read-script.ts'
import { ConsoleError } from '../../../../../src/adapters/sim/routeros-device/console/console-error.ts'
import type { Value } from '../../../../../src/adapters/sim/routeros-device/console/language/value.ts'

/** A menu `/shelf` with boxes, and `/shelf/lid` below it; enough to see how a line is read. */
export const SHELF: MenuSyntax = {
  tellsBadParameter: true,
  names: menu => ({ '': ['shelf'], '/shelf': ['print', 'add', 'set', 'find', 'lid'], '/shelf/lid': ['print'] })[menu],
  command: (menu, name) => {
    const print = { values: ['proplist'], options: ['detail', 'as-value'], unnamed: [], where: 'keyword' } as const
    if (menu === '/shelf/lid' && name === 'print') return print
    if (menu !== '/shelf') return undefined
    return {
      print,
      add: { values: ['name', 'size'], options: [], unnamed: [], where: 'none' },
      set: { values: ['numbers', 'name', 'size'], options: [], unnamed: ['numbers'], where: 'none' },
      find: { values: [], options: [], unnamed: [], where: 'bare' },
    }[name] as ReturnType<MenuSyntax['command']>
  },
}

/** What came of a script: the lines that it wrote, the commands of menus that it gave, and the error that ended it. */
export interface Outcome {
  readonly lines: string[]
  readonly commands: EvaluatedCommand[]
  readonly error: string | undefined
}

/** Runs a script of byte texts. `answer` is what commands of menus answer, or throw. */
export async function runScript(
  source: string,
  answer: (command: EvaluatedCommand) => Value = () => null,
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const lines: string[] = []
  const commands: EvaluatedCommand[] = []
  const messageOf = (error: unknown): string | undefined => (error instanceof ConsoleError ? error.message : undefined)
  const interpreter = new Interpreter({
    signal,
    writeLine: line => lines.push(line),
    menuCommand: async command => {
      commands.push(command)
      return answer(command)
    },
    messageOf,
  })
  try {
    await interpreter.run(readScript(source, SHELF), new Scope())
    return { lines, commands, error: undefined }
  } catch (error) {
    const message = messageOf(error)
    if (message === undefined) throw error
    return { lines, commands, error: message }
  }
}

/** The lines that a script writes; it must not fail. */
export async function linesOf(source: string): Promise<string[]> {
  const { lines, error } = await runScript(source)
  if (error !== undefined) throw new Error(`${source}: ${error}`)
  return lines
}

/** What reading a script says against it. */
export async function refusalOf(source: string): Promise<string | undefined> {
  return (await runScript(source)).error
}
