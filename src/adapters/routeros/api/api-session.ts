import type { TLSSocket } from 'node:tls'
import { abortable } from '../deadline.ts'
import { lostLink } from '../link/lost-link.ts'
import { OVER, type Sending, type Session, unheeded } from '../link/session.ts'
import { explainTls } from '../tls-failure.ts'
import type { TlsTrust } from '../tls-trust.ts'
import { type DeviceCommand, type DeviceReply, TrapError } from '../transport.ts'
import type { ApiConnection, MakeConnection } from './api-connection.ts'
import { Exchange } from './exchange.ts'

/** How to reach the device and who we are to it. */
export interface ApiAccess {
  readonly address: string
  readonly port: number
  /** Absent: a plain connection, on which the password travels readable. */
  readonly trust?: TlsTrust
  readonly user: string
  /** Asked at each login. */
  readonly password: () => Promise<string>
}

/** Reads one short row; any answer will do, a refusal too. */
const PROBE = { path: '/system/identity/print' }

/** A connection that is logged in. Commands overlap, each under a tag of its own. */
export class ApiSession implements Session {
  readonly #connection: ApiConnection
  /** How to fail each command that waits for its reply. */
  readonly #pending = new Set<(error: Error) => void>()
  #lastTag = 0
  #replies = 0

  private constructor(connection: ApiConnection) {
    this.#connection = connection
    const onEnd = (): void => {
      for (const fail of this.#pending) fail(lostLink(this.ended, true))
    }
    connection.ended.addEventListener('abort', onEnd, { once: true })
  }

  /** Connects, makes sure who the device is, and only then logs in. Ends with nothing left open where one of them fails. */
  static async open(access: ApiAccess, make: MakeConnection, signal: AbortSignal): Promise<ApiSession> {
    const tls = access.trust && (await abortable(access.trust.options(), signal))
    const { address: host, port } = access
    const connection = make({ host, port, ...(tls && { tls }), onUntagged: words => endOf(words) })
    const session = new ApiSession(connection)
    try {
      const socket = await abortable(connection.connect(), signal).catch((error: Error) => {
        throw tls === undefined ? error : explainTls(error)
      })
      access.trust?.verify(socket as TLSSocket, host)
      await session.#login(access, signal)
      return session
    } catch (error) {
      connection.destroy()
      throw error
    }
  }

  get ended(): AbortSignal {
    return this.#connection.ended
  }

  /** Sentences. */
  get replies(): number {
    return this.#replies
  }

  run(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply> {
    const { over } = sending
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (this.ended.aborted) return Promise.reject(lostLink(this.ended, false))
    const tag = this.#nextTag()
    const words = [...wordsOf(command), `.tag=${tag}`]
    const exchange = new Exchange(command.progress)
    return new Promise<DeviceReply>((resolve, reject) => {
      const end = (): void => {
        this.#pending.delete(fail)
        signal.removeEventListener('abort', onAbort)
      }
      const fail = (error: Error): void => {
        end()
        reject(error)
      }
      const onAbort = (): void => {
        fail(signal.reason as Error)
        this.#cancel(tag)
      }
      const onReply = (reply: readonly string[]): void => {
        if (reply[0] === '!done') over.abort(OVER)
        const whole = exchange.take(reply)
        if (whole === undefined) return
        end()
        resolve(whole)
      }
      over.signal.addEventListener('abort', () => this.#connection.unlisten(tag), { once: true })
      this.#connection.listen(tag, reply => this.#hear(() => onReply(reply), fail))
      this.#pending.add(fail)
      signal.addEventListener('abort', onAbort, { once: true })
      sending.sent = true
      this.#connection.send(words)
    })
  }

  async probe(signal: AbortSignal): Promise<void> {
    await this.run(PROBE, signal, unheeded()).catch((error: unknown) => {
      if (!(error instanceof TrapError)) throw error
    })
  }

  /** Ends the connection at once. */
  destroy(cause: Error): void {
    this.#connection.destroy(cause)
  }

  async #login({ user, password }: ApiAccess, signal: AbortSignal): Promise<void> {
    const secret = await abortable(password(), signal)
    const trap = await this.run({ path: '/login', args: { name: user, password: secret } }, signal, unheeded()).then(
      // Releases before 6.43 answer with a challenge; file disks came with 7.17.
      ({ ret }) => (ret === undefined ? undefined : new TrapError('it wants the login of RouterOS before 6.43')),
      (error: unknown) => {
        if (error instanceof TrapError) return error
        throw error
      },
    )
    if (trap === undefined) return
    // What the device writes goes into the log.
    const text = secret === '' ? trap.message : trap.message.replaceAll(secret, '(password)')
    const advice = "check the name and the password, and that the user's group has the policy api"
    throw new Error(`the device refused the login of "${user}": ${text}; ${advice}`)
  }

  /** Asks the device to give up a command; what it answers is dropped. */
  #cancel(tag: string): void {
    if (this.ended.aborted) return
    this.#connection.send(['/cancel', `=tag=${tag}`, `.tag=${this.#nextTag()}`])
  }

  /** Counts a sentence and hands it on; what it throws is the command's failure, not the connection's. */
  #hear(take: () => void, fail: (error: Error) => void): void {
    this.#replies += 1
    try {
      take()
    } catch (error) {
      fail(error as Error)
    }
  }

  #nextTag(): string {
    this.#lastTag += 1
    return String(this.#lastTag)
  }
}

/** The words of a command: its path, its arguments, and a query that and-s nothing and or-s everything. */
function wordsOf({ path, args = {}, anyOf = [], properties }: DeviceCommand): string[] {
  const words = [path, ...Object.entries(args).map(([name, value]) => `=${name}=${value}`)]
  if (properties !== undefined) words.push(`=.proplist=${properties.join(',')}`)
  words.push(...anyOf.map(([property, value]) => `?${property}=${value}`))
  if (anyOf.length > 1) words.push(`?#${'|'.repeat(anyOf.length - 1)}`)
  return words
}

/** `!fatal` comes without a tag and ends the connection; what else comes without one answers nothing of ours. */
function endOf(words: readonly string[]): void {
  if (words[0] === '!fatal') throw new Error(`the device ended the connection: ${words.slice(1).join(' ')}`)
}
