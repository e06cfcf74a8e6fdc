import type { Arguments } from './arguments.ts'
import type { Row } from './query.ts'

/** Rights of a user that commands ask for (manual, "User policies"; kept to those that matter here). */
export type Policy = 'read' | 'write'

/** A command as a menu sees it. */
export interface Command {
  /** Menu and command, `/disk/print`. */
  readonly path: string
  readonly args: Arguments
  /** Query words, with their `?`. */
  readonly queries: readonly string[]
}

/** What a command that succeeded answers: rows (`!re` each, `!empty` without any), or a value for `!done`. */
export type Outcome = { readonly rows: readonly Row[] } | { readonly ret?: string }

/** One command of a menu. `run` throws a `Trap` for a refusal; of a list of items, those before the refused one stay done. */
export interface MenuCommand {
  readonly policy: Policy
  run(command: Command): Outcome
}

/** The commands of a device by path. */
export type Menu = Readonly<Record<string, MenuCommand>>
