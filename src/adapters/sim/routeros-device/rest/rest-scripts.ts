import { ConnectionLost } from '../console/console-error.ts'
import { ConsoleSession } from '../console/console-session.ts'
import type { DeviceCore } from '../device-core.ts'
import { writeId } from '../item-ids.ts'
import type { DeviceUser } from '../users.ts'
import { ConnectionDropped, type RestCaller } from './rest-command.ts'

/** Scripts of a user, as `/execute` runs them (manual, "Run a script and write to the log"). */
export class RestScripts {
  readonly #core: DeviceCore
  readonly #user: DeviceUser
  readonly #caller: RestCaller

  constructor(core: DeviceCore, user: DeviceUser, caller: RestCaller) {
    this.#core = core
    this.#user = user
    this.#caller = caller
  }

  /** Begins a script as a job; answers the job's `.id`. How it ends is told to nobody. */
  start(script: string): string {
    const { state } = this.#core
    const job = state.jobs.start(this.#user.name, state.now(), async signal => void (await this.#run(script, signal)))
    return writeId(job.id, '*')
  }

  /** What a script wrote, and the words of the error that ended it; it ends with the limit of its request. */
  async output(script: string): Promise<string> {
    try {
      return await this.#run(script, this.#caller.limit)
    } catch (error) {
      throw error instanceof ConnectionLost ? new ConnectionDropped(error.how) : error
    }
  }

  async #run(script: string, cancel: AbortSignal): Promise<string> {
    const { power: life, state } = this.#core
    const written: Buffer[] = []
    const style = {
      width: Number.POSITIVE_INFINITY,
      indent: state.switches.consoleIndent,
      legendWhenEmpty: state.switches.legendWhenEmpty,
    }
    const by = { user: this.#user, connection: this.#caller.connection, life, cancel }
    const console = new ConsoleSession(this.#core)
    const error = await console.run(script, by, { style, write: bytes => void written.push(bytes) })
    const text = Buffer.concat([...written, error ?? Buffer.alloc(0)]).toString('utf8')
    return text.replaceAll('\r\n', '\n').replace(/\n$/, '')
  }
}
