import type { Arguments } from '../arguments.ts'
import type { Command, Menu } from '../command.ts'
import type { DeviceCore } from '../device-core.ts'
import type { Row } from '../query.ts'
import { Trap } from '../trap.ts'
import type { DeviceUser } from '../users.ts'
import { CommandPaths, notThere } from './command-paths.ts'
import type { BodyValue } from './json-body.ts'
import type { RequestTarget } from './request-target.ts'
import { BAD_IDENTIFIER, jsonAnswer, NO_CONTENT, plainRecord, type RestAnswer, RestError } from './rest-answer.ts'
import type { WholeOutcome } from './rest-command.ts'
import { isNoSuchItem, isNotAllowed, refusal } from './rest-refusals.ts'
import type { RestScripts } from './rest-scripts.ts'

/** A request of a user who is logged in. */
export interface RestRequest {
  readonly target: RequestTarget
  readonly body: ReadonlyMap<string, BodyValue>
  /** Scheme and host as the client knows them. */
  readonly origin: string
  readonly user: DeviceUser
  /** Carries a command out as the device does, rows of a stream collected. Throws its `Trap`. */
  readonly execute: (command: Command) => Promise<WholeOutcome>
  readonly scripts: RestScripts
}

type Method = (request: RestRequest) => Promise<RestAnswer>

/** What each HTTP method makes of a request (manual, "REST API"): the command of the console, and its answer. */
export class RestMethods {
  readonly #core: DeviceCore
  readonly #paths: CommandPaths
  readonly #methods: ReadonlyMap<string, Method> = new Map<string, Method>([
    ['GET', request => this.#get(request)],
    ['PUT', request => this.#put(request)],
    ['PATCH', request => this.#patch(request)],
    ['DELETE', request => this.#delete(request)],
    ['POST', request => this.#post(request)],
  ])

  constructor(core: DeviceCore) {
    this.#core = core
    this.#paths = new CommandPaths(core.runner.menus)
  }

  /** Rejects with a `RestError`, or with what `execute` rejects with that is no `Trap`. */
  async answer(method: string, request: RestRequest): Promise<RestAnswer> {
    const handle = this.#methods.get(method)
    // As measured on 7.23.7 and told by the manual; what other methods get is unknown.
    if (handle === undefined) throw new RestError(method === 'OPTIONS' ? 503 : 501)
    try {
      return await handle(request)
    } catch (error) {
      throw error instanceof Trap ? refusal(error, this.#core.state.switches) : error
    }
  }

  async #get(request: RestRequest): Promise<RestAnswer> {
    const place = this.#paths.place(request.target.segments)
    return place.left.length === 0 ? this.#list(request) : this.#one(request)
  }

  async #list({ target, execute }: RestRequest): Promise<RestAnswer> {
    const menu = this.#paths.menu(target.segments, 'print')
    const wanted = target.parameters.find(([name]) => name === '.proplist')?.[1]
    // The list of records always has their ids, whatever was asked for (manual).
    const args = wanted === undefined ? [] : [['.proplist', `.id,${wanted}`] as const]
    const filters = target.parameters.filter(([name]) => name !== '.proplist')
    const queries = filters.map(([name, value]) => `?=${name}=${value}`)
    const outcome = await execute(command(`${menu.path}/print`, new Map(args), queries))
    const records = rowsOf(outcome).map(plainRecord)
    return jsonAnswer(200, menu.shape === 'values' ? (records[0] ?? {}) : records)
  }

  async #one({ target, execute }: RestRequest): Promise<RestAnswer> {
    const { menu, reference } = this.#paths.record(this.#paths.place(target.segments), 'print')
    const args = target.parameters.filter(([name]) => name === '.proplist')
    const outcome = await execute(command(`${menu.path}/print`, new Map(args), [naming(menu, reference)]))
    const [row] = rowsOf(outcome)
    if (row !== undefined) return jsonAnswer(200, plainRecord(row))
    throw reference.startsWith('*') ? this.#unknownRecord() : notThere([reference])
  }

  async #put({ target, body, origin, user, execute }: RestRequest): Promise<RestAnswer> {
    const menu = this.#paths.menu(target.segments, 'add')
    const outcome = await execute(command(`${menu.path}/add`, argumentsOf(body)))
    const id = 'ret' in outcome ? (outcome.ret ?? '') : ''
    const location = `${origin}/rest${menu.path}/${id}`
    return jsonAnswer(201, this.#read(menu, id, user), { location })
  }

  async #patch(request: RestRequest): Promise<RestAnswer> {
    const { menu, reference } = this.#named(request, 'set')
    const id = this.#find(menu, reference)?.get('.id') ?? reference
    await this.#change(request, command(`${menu.path}/set`, new Map([['.id', id], ...argumentsOf(request.body)])))
    return jsonAnswer(200, this.#read(menu, id, request.user))
  }

  async #delete(request: RestRequest): Promise<RestAnswer> {
    const { menu, reference } = this.#named(request, 'remove')
    await this.#change(request, command(`${menu.path}/remove`, new Map([['.id', reference]])))
    return NO_CONTENT
  }

  async #post(request: RestRequest): Promise<RestAnswer> {
    const { target, body, execute } = request
    if (target.segments.join('/') === 'execute') return this.#script(request)
    const { path, name } = this.#paths.command(target.segments)
    const args = argumentsOf(body)
    const wanted = args.get('.proplist')
    const isPrint = name === 'print' || name === 'getall'
    if (!isPrint) args.delete('.proplist')
    const outcome = await execute(command(path, args, queriesOf(body)))
    if ('rows' in outcome) {
      const rows =
        isPrint || wanted === undefined ? outcome.rows : outcome.rows.map(row => pick(row, wanted.split(',')))
      return jsonAnswer(200, rows.map(plainRecord))
    }
    return jsonAnswer(200, outcome.ret === undefined ? [] : { ret: outcome.ret })
  }

  /** `/execute`: a script, as a job of its own or, with `as-string`, for its output. */
  async #script({ body, scripts }: RestRequest): Promise<RestAnswer> {
    const args = argumentsOf(body)
    const script = args.get('script')
    if (script === undefined) throw this.#core.state.traps.missing('script')
    return jsonAnswer(200, { ret: args.has('as-string') ? await scripts.output(script) : scripts.start(script) })
  }

  /** The record that `PATCH` and `DELETE` need. */
  #named({ target }: RestRequest, name: string): { readonly menu: Menu; readonly reference: string } {
    const place = this.#paths.place(target.segments)
    if (place.left.length === 0) throw new RestError(400, BAD_IDENTIFIER)
    return this.#paths.record(place, name)
  }

  /** A refusal of `set` and `remove` hides its reason here; `POST` tells it (manual). */
  async #change({ execute }: RestRequest, change: Command): Promise<void> {
    try {
      await execute(change)
    } catch (error) {
      if (!(error instanceof Trap) || isNotAllowed(error)) throw error
      if (isNoSuchItem(error)) throw this.#unknownRecord()
      const { restRefusedChange } = this.#core.state.switches
      throw restRefusedChange === 'reason' ? error : new RestError(400, BAD_IDENTIFIER)
    }
  }

  #unknownRecord(): RestError {
    const { restUnknownId } = this.#core.state.switches
    return restUnknownId === '404' ? new RestError(404) : new RestError(400, BAD_IDENTIFIER)
  }

  /** The record behind a change, which is part of its answer and no command of its own. */
  #read(menu: Menu, id: string, user: DeviceUser): Readonly<Record<string, string>> {
    try {
      const row = this.#find(menu, id, user)
      return row === undefined ? {} : plainRecord(row)
    } catch (error) {
      if (error instanceof Trap) return {}
      throw error
    }
  }

  #find(menu: Menu, reference: string, user?: DeviceUser): Row | undefined {
    const print = command(`${menu.path}/print`, new Map(), [naming(menu, reference)])
    const outcome = this.#core.runner.perform(print, user)
    return 'rows' in outcome ? outcome.rows[0] : undefined
  }
}

function command(path: string, args: Arguments, queries: readonly string[] = []): Command {
  return { path, args, queries, service: 'rest' }
}

/** The query word that finds a record. */
function naming({ named = 'name' }: Menu, reference: string): string {
  return reference.startsWith('*') ? `?=.id=${reference}` : `?=${named}=${reference}`
}

function rowsOf(outcome: WholeOutcome): readonly Row[] {
  return 'rows' in outcome ? outcome.rows : []
}

function pick(row: Row, names: readonly string[]): Row {
  return new Map([...row].filter(([name]) => names.includes(name) || name === '.section'))
}

function argumentsOf(body: ReadonlyMap<string, BodyValue>): Map<string, string> {
  const given = [...body].filter(([name]) => name !== '.query')
  return new Map(given.map(([name, value]) => [name, typeof value === 'string' ? value : value.join(',')]))
}

/** `.query` holds query words without their question mark (manual). */
function queriesOf(body: ReadonlyMap<string, BodyValue>): string[] {
  const words = body.get('.query') ?? []
  return (typeof words === 'string' ? [words] : words).map(word => `?${word}`)
}
