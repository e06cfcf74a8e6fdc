import type { Command, Menu, Outcome } from '../../command.ts'
import type { Ending } from '../../command-runner.ts'
import type { DeviceCore } from '../../device-core.ts'
import type { Row } from '../../query.ts'
import type { DeviceUser } from '../../users.ts'
import { ConnectionLost } from '../console-error.ts'

/** Whose commands a console carries out, and what ends them. */
export interface ConsoleUser {
  readonly user: DeviceUser
  /** Number of the connection in the log of commands. */
  readonly connection: number
  /** Aborted when the device dies, or by switch the client vanishes. */
  readonly life: AbortSignal
  /** Aborted when the client breaks the command off. */
  readonly cancel: AbortSignal
}

/** The model as one user of the console reaches it. */
export class MenuAccess {
  readonly core: DeviceCore
  /** `find` and `get` take no time of their own: a command beside them in the line does the work. */
  readonly freeReads: boolean
  readonly #by: ConsoleUser

  constructor(core: DeviceCore, by: ConsoleUser, freeReads: boolean) {
    this.core = core
    this.#by = by
    this.freeReads = freeReads
  }

  /** Ends whatever the user's commands wait for. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#by.life, this.#by.cancel])
  }

  menu(path: string): Menu {
    const menu = this.core.runner.menus.get(path)
    if (menu === undefined) throw new TypeError(`no menu ${path}`)
    return menu
  }

  /**
   * A command as a client meets it: it is logged, takes its time and meets its faults. `noItems`: it was told to work on
   * nothing, and does. Throws a `Trap`, or `ConnectionLost`.
   */
  async run(path: string, args: ReadonlyMap<string, string>, noItems = false): Promise<Outcome> {
    const { core } = this
    const { user, connection, life, cancel } = this.#by
    const command: Command = { path, args, queries: [], service: 'ssh' }
    const words = Array.from(args, ([name, value]) => `=${name}=${value}`)
    core.log.add([path, ...words], core.state.now(), connection, 'ssh')
    const effect = noItems ? (): Outcome => ({}) : undefined
    const ending: Ending = await core.runner.run(command, user, { life, cancel }, effect)
    if ('drop' in ending) throw new ConnectionLost(ending.drop)
    return ending.outcome
  }

  /** The items of a menu at once, as the user may see them. Throws a `Trap`. */
  rows(path: string, args: ReadonlyMap<string, string> = new Map()): readonly Row[] {
    const outcome = this.core.runner.perform(
      { path: `${path}/print`, args, queries: [], service: 'ssh' },
      this.#by.user,
    )
    return 'rows' in outcome ? outcome.rows : []
  }
}
