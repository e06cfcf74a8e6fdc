import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { abortable } from '../deadline.ts'
import { enter, lostLink } from '../link/lost-link.ts'
import { openTls } from '../link/open-tls.ts'
import { Places } from '../link/places.ts'
import { OVER, type Sending, type Session, unheeded } from '../link/session.ts'
import type { TlsTrust } from '../tls-trust.ts'
import { type DeviceCommand, type DeviceReply, LinkError, TrapError } from '../transport.ts'
import { type HttpAnswer, replyOf, RestRefusal } from './rest-reply.ts'
import { requestBody, requestPath } from './rest-request.ts'
import { TrustingAgent } from './trusting-agent.ts'

/** How to reach the device and who we are to it. */
export interface RestAccess {
  readonly address: string
  readonly port: number
  readonly trust: TlsTrust
  readonly user: string
  /** Asked whenever the link is made anew, as it is once the device refuses the one before. */
  readonly password: () => Promise<string>
}

/** Longest answer that is taken from a device, in bytes: a guard of ours. 10,000 disks are less than 10 MiB. */
const LONGEST_ANSWER = 256 * 1024 * 1024
const PROBE: DeviceCommand = { path: '/system/identity/print' }

/**
 * RouterOS' REST interface. The device runs the requests of a user one after the other, whatever becomes of those who sent
 * them, so one at a time is sent: what waits here has not been sent and can still be given up without any doubt.
 */
export class RestSession implements Session {
  readonly #access: RestAccess
  readonly #authorization: string
  readonly #agent: TrustingAgent
  readonly #places = new Places(1)
  readonly #ended = new AbortController()
  #replies = 0

  private constructor(access: RestAccess, password: string) {
    this.#access = access
    this.#authorization = `Basic ${Buffer.from(`${access.user}:${password}`, 'utf8').toString('base64')}`
    this.#agent = new TrustingAgent({ host: access.address, port: access.port }, access.trust)
  }

  /** Asks the device something harmless, so that it is known to be there and to accept us. */
  static async open(access: RestAccess, signal: AbortSignal): Promise<RestSession> {
    const session = new RestSession(access, await abortable(access.password(), signal))
    try {
      await session.run(PROBE, signal, unheeded())
      return session
    } catch (error) {
      session.destroy(error as Error)
      if (!(error instanceof TrapError)) throw error
      // REST needs `api` beside `rest-api`, and says no more than "not allowed" where that is missing.
      const advice = 'its group needs the policies rest-api, api and read'
      throw new Error(`the device refused "${access.user}": ${error.message}; ${advice}`, { cause: error })
    }
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Answers. */
  get replies(): number {
    return this.#replies
  }

  async run(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply> {
    const leave = await enter(this.#places, signal, this.ended)
    // The place is kept until the device is done, also where nobody waits for it any more.
    return abortable(this.#exchange(command, sending).finally(leave), signal)
  }

  /** A request would have to wait for the one that the device is at work on; then it shows its certificate instead. */
  async probe(signal: AbortSignal): Promise<void> {
    if (this.#places.taken === 0) {
      await this.run(PROBE, signal, unheeded()).catch((error: unknown) => {
        if (!(error instanceof TrapError)) throw error
      })
      return
    }
    const { address: host, port, trust } = this.#access
    const socket = await openTls({ host, port }, trust, AbortSignal.any([signal, this.ended]))
    socket.on('error', () => undefined)
    socket.destroy()
    this.#replies += 1
  }

  destroy(cause: Error): void {
    this.#ended.abort(cause)
    this.#agent.destroy()
  }

  /** One request and its answer, to its end. */
  async #exchange(command: DeviceCommand, sending: Sending): Promise<DeviceReply> {
    try {
      const answer = await this.#post(command, sending)
      this.#replies += 1
      const reply = replyOf(answer)
      sending.over.abort(OVER)
      return reply
    } catch (error) {
      throw this.#failed(error as Error, sending)
    }
  }

  /** What a failure is to the command; whatever is more than a refusal ends the session. */
  #failed(error: Error, { sent, over }: Sending): Error {
    if (error instanceof TrapError) over.abort(OVER)
    if (error instanceof TrapError || error instanceof LinkError) return error
    // Given up for good while the device was still silent: that ends nothing but the request.
    if (over.signal.aborted) return new LinkError('timeout', true, error.message, { cause: error })
    const isRefused = error instanceof RestRefusal
    const text = isRefused ? `the device refused "${this.#access.user}": ${error.message}` : error.message
    this.destroy(new Error(text, { cause: error }))
    if (isRefused || !sent) return new LinkError('not-connected', false, text, { cause: error })
    return lostLink(this.ended, true)
  }

  #post(command: DeviceCommand, sending: Sending): Promise<HttpAnswer> {
    const body = requestBody(command)
    const headers = {
      authorization: this.#authorization,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const { address: host, port } = this.#access
    const options = { agent: this.#agent, host, port, method: 'POST', path: requestPath(command), headers }
    const noUse = AbortSignal.any([this.ended, sending.over.signal])
    const answer = Promise.withResolvers<HttpAnswer>()
    const posted = request(options, response => void readAnswer(response).then(answer.resolve, answer.reject))
    const giveUp = (): void => void posted.destroy(noUse.reason as Error)
    noUse.addEventListener('abort', giveUp, { once: true })
    posted.once('socket', () => {
      sending.sent = true
    })
    posted.on('error', answer.reject)
    posted.end(body)
    return answer.promise.finally(() => noUse.removeEventListener('abort', giveUp))
  }
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > LONGEST_ANSWER) throw new Error(`an answer of more than ${LONGEST_ANSWER} bytes is too long`)
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }
}
