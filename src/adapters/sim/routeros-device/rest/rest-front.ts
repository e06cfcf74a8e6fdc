import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DeviceCore } from '../device-core.ts'
import { BodyError, parseBody } from './json-body.ts'
import { readBody } from './read-body.ts'
import { parseTarget } from './request-target.ts'
import { errorAnswer, FORBIDDEN, NOT_FOUND, type RestAnswer, RestError } from './rest-answer.ts'
import { ConnectionDropped, execution } from './rest-command.ts'
import type { RestConnections } from './rest-connections.ts'
import { readCredentials, type RestLogin, RestLogins } from './rest-logins.ts'
import { RestMethods } from './rest-methods.ts'
import { RestScripts } from './rest-scripts.ts'
import { SessionClosed } from './user-queue.ts'

export interface RestFrontOptions {
  readonly scheme: 'http' | 'https'
  readonly limitMs: number
  readonly loginCacheMs: number
}

/** The web server: takes each request as far as its user's login, and answers. */
export class RestFront {
  /** False: the REST API is turned off. */
  enabled = true
  readonly #core: DeviceCore
  readonly #connections: RestConnections
  readonly #options: RestFrontOptions
  readonly #logins: RestLogins
  readonly #methods: RestMethods

  constructor(core: DeviceCore, connections: RestConnections, options: RestFrontOptions) {
    this.#core = core
    this.#connections = connections
    this.#options = options
    this.#logins = new RestLogins(core, options.loginCacheMs)
    this.#methods = new RestMethods(core)
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#connections.isMute(request.socket)) void this.#serve(request, response)
  }

  /** What a restart of the device does to the logins that it keeps. */
  endLogins(): void {
    this.#logins.endAll()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { power } = this.#core
    const answer = await this.#answer(request).catch(failure)
    if (power.aborted || this.#connections.isMute(request.socket)) return
    if ('drop' in answer) this.#connections.drop(request.socket, answer.drop)
    else send(response, answer)
  }

  async #answer(request: IncomingMessage): Promise<RestAnswer> {
    const target = parseTarget(request.url ?? '')
    if (target === undefined) return NOT_FOUND
    if (!this.enabled) return FORBIDDEN
    const connection = this.#connections.numberOf(request.socket)
    const login = await this.#logIn(request.headers.authorization, connection)
    const body = parseBody(await readBody(request))
    const origin = `${this.#options.scheme}://${request.headers.host ?? ''}`
    const { user } = login
    try {
      return await login.queue.run(this.#options.limitMs, limit => {
        const execute = execution(this.#core, user, { connection, limit })
        const scripts = new RestScripts(this.#core, user, { connection, limit })
        return this.#methods.answer(request.method ?? '', { target, body, origin, user, execute, scripts })
      })
    } catch (error) {
      // The web server closed its session with the device: the next request begins a new one.
      if (error instanceof SessionClosed) this.#logins.end(login)
      throw error
    }
  }

  async #logIn(authorization: string | undefined, connection: number): Promise<RestLogin> {
    const credentials = readCredentials(authorization)
    const login = credentials && (await this.#logins.find(credentials, connection))
    if (login === undefined) throw new RestError(401)
    return login
  }
}

function failure(error: unknown): RestAnswer | { readonly drop: 'end' | 'reset' } {
  if (error instanceof ConnectionDropped) return { drop: error.how }
  if (error instanceof RestError) return errorAnswer(error)
  if (error instanceof SessionClosed || error instanceof BodyError)
    return errorAnswer(new RestError(400, error.message))
  const words = error instanceof Error ? error.message : String(error)
  return errorAnswer(new RestError(500, `fault of the simulator: ${words}`))
}

function send(response: ServerResponse, { status, headers, body }: RestAnswer): void {
  response.writeHead(status, { ...headers, ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }) })
  response.end(body)
}
