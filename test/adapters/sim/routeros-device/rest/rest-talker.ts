import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'

export interface RestReply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The body read as JSON; undefined where it is none. */
  readonly json: unknown
}

export interface RestUser {
  readonly user: string
  readonly password: string
}

export interface RestCall {
  /** Sent as JSON, or as it is when it is text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** How many connections it may keep. */
  readonly signal?: AbortSignal
}

const ADMIN: RestUser = { user: 'admin', password: '' }

/** A bare HTTP client of the tests with a connection that it keeps; it knows nothing of the device. */
export class RestTalker {
  readonly #at: { readonly host: string; readonly port: number }
  readonly #authorization: string | undefined
  readonly #agent: HttpAgent | HttpsAgent
  readonly #secure: boolean

  private constructor(at: { host: string; port: number }, agent: HttpAgent | HttpsAgent, who: RestUser | undefined) {
    this.#at = at
    this.#agent = agent
    this.#secure = agent instanceof HttpsAgent
    this.#authorization = who && `Basic ${Buffer.from(`${who.user}:${who.password}`).toString('base64')}`
    onTestFinished(() => agent.destroy())
  }

  /** `undefined` for a client that does not say who it is. */
  static plain(
    device: Pick<RunningDevice, 'addresses'>,
    who: RestUser | undefined = ADMIN,
    maxSockets = 1,
  ): RestTalker {
    return new RestTalker(device.addresses.restPlain!, new HttpAgent({ keepAlive: true, maxSockets }), who)
  }

  static anonymous(device: RunningDevice): RestTalker {
    return new RestTalker(device.addresses.restPlain!, new HttpAgent({ keepAlive: true }), undefined)
  }

  static tls(device: RunningDevice, who: RestUser = ADMIN): RestTalker {
    const agent = new HttpsAgent({ keepAlive: true, maxSockets: 1, ca: device.certificate!.cert })
    return new RestTalker(device.addresses.rest!, agent, who)
  }

  /** Rejects when the connection ends without an answer. */
  async call(method: string, path: string, { body, headers, signal }: RestCall = {}): Promise<RestReply> {
    const sent = typeof body === 'string' ? body : JSON.stringify(body)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const options = {
      ...this.#at,
      method,
      path,
      agent: this.#agent,
      ...(signal && { signal }),
      headers: {
        ...(this.#authorization && { authorization: this.#authorization }),
        ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
        ...headers,
      },
    }
    const outgoing: ClientRequest = this.#secure ? requestHttps(options) : requestHttp(options)
    outgoing.once('response', resolve).once('error', reject).end(sent)
    const response = await promise
    const written = await text(response)
    return { status: response.statusCode ?? 0, headers: response.headers, text: written, json: parse(written) }
  }

  /** A command, as POST. */
  post(path: string, body?: unknown): Promise<RestReply> {
    return this.call('POST', path, body === undefined ? {} : { body })
  }

  get(path: string): Promise<RestReply> {
    return this.call('GET', path)
  }
}

function parse(written: string): unknown {
  try {
    return JSON.parse(written) as unknown
  } catch {
    return undefined
  }
}
