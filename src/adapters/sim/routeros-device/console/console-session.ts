import type { DeviceCore } from '../device-core.ts'
import { Trap } from '../trap.ts'
import { toByteText } from './byte-text.ts'
import { ConsoleError } from './console-error.ts'
import { type EvaluatedCommand, Interpreter } from './interpreter/interpreter.ts'
import { Scope } from './interpreter/scope.ts'
import { readScript } from './language/read-script.ts'
import { hasCommandBeside } from './language/search-script.ts'
import type { Value } from './language/value.ts'
import { ConsoleMenus } from './menus/console-menus.ts'
import { type ConsoleUser, MenuAccess } from './menus/menu-access.ts'
import { printItems, type Printer } from './menus/print-command.ts'
import { findItems, getProperty } from './menus/read-commands.ts'
import { workOnItems } from './menus/work-command.ts'
import type { ConsoleStyle } from './printer/console-style.ts'

/** Where a console writes, and how. */
export interface ConsoleOutput {
  readonly style: ConsoleStyle
  /** Bytes of whole lines, each ended with CR and LF. */
  write(bytes: Buffer): void
}

/** The console of one session: its lines share the menu that was entered and the global variables. */
export class ConsoleSession {
  readonly #core: DeviceCore
  readonly #globals = new Scope()
  #menu = ''

  constructor(core: DeviceCore) {
    this.#core = core
  }

  /** The menu that was entered last, `/disk`; empty is the root. */
  get menu(): string {
    return this.#menu
  }

  /**
   * Carries out a line, one command or several. Answers the text of the error that ended it, bytes as they are to be
   * shown; `undefined` when all went well. Rejects with `ConnectionLost`, or with the reason of an ended signal.
   */
  async run(line: string, by: ConsoleUser, output: ConsoleOutput): Promise<Buffer | undefined> {
    try {
      const menus = new ConsoleMenus(this.#core.runner.menus, this.#core.state.version)
      const script = readScript(toByteText(line), menus, this.#menu, menu => {
        this.#menu = menu
      })
      const access = new MenuAccess(this.#core, by, hasCommandBeside(script, ['find', 'get']))
      await new Interpreter(hostOf(access, output)).run(script, new Scope(this.#globals))
      return undefined
    } catch (error) {
      const message = messageOf(error)
      if (message === undefined) throw error
      return Buffer.from(message, 'latin1')
    }
  }
}

function hostOf(access: MenuAccess, output: ConsoleOutput): ConstructorParameters<typeof Interpreter>[0] {
  const printer: Printer = {
    style: output.style,
    writeLine: line => output.write(Buffer.from(`${line}\r\n`, 'latin1')),
  }
  return {
    signal: access.signal,
    writeLine: line => printer.writeLine(line),
    menuCommand: command => carryOut(access, command, printer),
    messageOf,
  }
}

function carryOut(access: MenuAccess, command: EvaluatedCommand, printer: Printer): Promise<Value> {
  switch (command.command) {
    case 'print':
      return printItems(access, command, printer)
    case 'find':
      return findItems(access, command)
    case 'get':
      return getProperty(access, command)
    default:
      return workOnItems(access, command, printer)
  }
}

/** Refusals of the model in the console's words; `undefined` for anything that is no answer of a device. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof ConsoleError) return error.message
  if (!(error instanceof Trap)) return undefined
  const [, missing] = /^missing =(.+)=$/.exec(error.message) ?? []
  return toByteText(missing === undefined ? error.message : `missing value(s) of argument(s) ${missing}`)
}
