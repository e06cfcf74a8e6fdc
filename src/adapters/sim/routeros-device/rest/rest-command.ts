import type { Command, Outcome } from '../command.ts'
import type { DeviceCore } from '../device-core.ts'
import type { Row } from '../query.ts'
import type { DeviceUser } from '../users.ts'

/** The command's connection is dropped instead of an answer. */
export class ConnectionDropped extends Error {
  readonly how: 'end' | 'reset'

  constructor(how: 'end' | 'reset') {
    super('connection dropped')
    this.name = 'ConnectionDropped'
    this.how = how
  }
}

/** An outcome that is complete. */
export type WholeOutcome = Exclude<Outcome, { readonly stream: unknown }>

export interface RestCaller {
  /** Number of the connection, for the log. */
  readonly connection: number
  /** Ends when the web server closes its session with the device. */
  readonly limit: AbortSignal
}

/**
 * How the web server has a command carried out: to its end, also when the client is gone. When its session is closed, a
 * stream ends; what the command was about to do is still done, or not, by the switch `vanishedClient`.
 */
export function execution(core: DeviceCore, user: DeviceUser, caller: RestCaller) {
  return async (command: Command): Promise<WholeOutcome> => {
    core.log.add(words(command), core.state.now(), caller.connection, 'rest')
    const closing = new Closing(caller.limit, () => core.state.switches.vanishedClient === 'abandoned')
    const ending = await core.runner.run(command, user, { life: core.power, cancel: closing.signal })
    if ('drop' in ending) throw new ConnectionDropped(ending.drop)
    const { outcome } = ending
    if (!('stream' in outcome)) return outcome
    closing.endsAtLimit()
    return { rows: await collect(outcome.stream) }
  }
}

/** Ends a command when the limit of its request is reached, if that may end it. */
class Closing {
  readonly #controller = new AbortController()
  readonly #limit: AbortSignal

  constructor(limit: AbortSignal, mayEnd: () => boolean) {
    this.#limit = limit
    limit.addEventListener('abort', () => mayEnd() && this.#end(), { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  endsAtLimit(): void {
    if (this.#limit.aborted) this.#end()
    else this.#limit.addEventListener('abort', () => this.#end(), { once: true })
  }

  #end(): void {
    this.#controller.abort(this.#limit.reason)
  }
}

/** Rows that came over time are numbered (manual, "Run commands"). */
async function collect(stream: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of stream) rows.push(new Map([['.section', String(rows.length)], ...row]))
  return rows
}

/** The command as words of the binary API, for the log. */
function words({ path, args, queries }: Command): string[] {
  return [path, ...Array.from(args, ([name, value]) => `=${name}=${value}`), ...queries]
}
