import { argumentTable, type ArgumentTable, type Arguments, REFERENCES } from './arguments.ts'
import type { Command, CommandContext, MenuCommand } from './command.ts'
import type { Traps } from './trap.ts'
import { PRINT_ARGUMENTS, printRows } from './print.ts'
import type { Row } from './query.ts'

/** A print of rows that takes nothing but what every print takes. */
export function printCommand(
  rows: (command: Command, context: CommandContext) => readonly Row[],
  traps: Traps,
  args: ArgumentTable = PRINT_ARGUMENTS,
): MenuCommand {
  return {
    policy: 'read',
    args,
    run: (command, context) => printRows(rows(command, context), command, traps, args),
  }
}

/** A command that changes something; it answers nothing, or the `.id` of what it made. */
export function writeCommand(
  args: ArgumentTable,
  run: (args: Arguments) => string | void,
  unnamed?: readonly string[],
): MenuCommand {
  return {
    policy: 'write',
    args,
    ...(unnamed && { unnamed }),
    run: command => {
      const ret = run(command.args)
      return ret === undefined ? {} : { ret }
    },
  }
}

/** Arguments of a command that takes nothing but items. */
export const ITEMS: ArgumentTable = argumentTable({}, REFERENCES)
