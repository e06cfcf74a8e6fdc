import type { TLSSocket } from 'node:tls'
import { ApiConnector } from './api-connector.ts'
import { abortable } from './deadline.ts'
import { Exchange } from './exchange.ts'
import type { TlsTrust } from './tls-trust.ts'
import { type DeviceCommand, type DeviceReply, LinkError, TrapError } from './transport.ts'

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

/** A connection that is logged in. Commands overlap, each under a tag of its own. */
export class ApiSession {
  readonly #connector: ApiConnector
  readonly #ended = new AbortController()
  /** Resolves with the cause when the connection is gone. */
  readonly gone: Promise<Error>
  /** How to fail each command that waits for its reply. */
  readonly #pending = new Set<(error: Error) => void>()
  #lastTag = 0
  #replies = 0

  private constructor(connector: ApiConnector) {
    this.#connector = connector
    this.gone = new Promise(resolve => {
      connector.once('gone', (cause: Error) => {
        this.#ended.abort(cause)
        for (const fail of this.#pending) fail(this.#lost(true))
        resolve(cause)
      })
    })
  }

  /** Connects, makes sure who the device is, and only then logs in. Ends with nothing left open where one of them fails. */
  static async open(access: ApiAccess, signal: AbortSignal): Promise<ApiSession> {
    const tls = access.trust && (await abortable(access.trust.options(), signal))
    const connector = new ApiConnector({
      host: access.address,
      port: access.port,
      ...(tls && { tls }),
      onUntagged: words => endOf(words),
    })
    const session = new ApiSession(connector)
    try {
      await session.#connect(signal)
      access.trust?.verify(connector.socket as TLSSocket)
      await session.#login(access, signal)
      return session
    } catch (error) {
      connector.destroy()
      throw error
    }
  }

  /** Aborts with the cause when the connection is gone. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** How many sentences have come so far: as long as it grows the device lives. */
  get replies(): number {
    return this.#replies
  }

  /** As `Transport.run`, without a deadline. The answer is listened for until `over`, also where nobody waits any more. */
  run(command: DeviceCommand, signal: AbortSignal, over = new AbortController()): Promise<DeviceReply> {
    if (signal.aborted) return Promise.reject(signal.reason as Error)
    if (this.ended.aborted) return Promise.reject(this.#lost(false))
    const tag = this.#nextTag()
    const words = [...wordsOf(command), `.tag=${tag}`]
    const exchange = new Exchange()
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
        if (reply[0] === '!done') over.abort()
        const whole = exchange.take(reply)
        if (whole === undefined) return
        end()
        resolve(whole)
      }
      over.signal.addEventListener('abort', () => this.#connector.stopRead(tag), { once: true })
      this.#connector.read(tag, reply => this.#hear(() => onReply(reply), fail))
      this.#pending.add(fail)
      signal.addEventListener('abort', onAbort, { once: true })
      this.#connector.write(words)
    })
  }

  /** Ends the connection at once. */
  destroy(cause: Error): void {
    this.#connector.destroy(cause)
  }

  #connect(signal: AbortSignal): Promise<void> {
    const connected = Promise.withResolvers<void>()
    this.#connector.once('connected', () => connected.resolve())
    this.ended.addEventListener('abort', () => connected.reject(this.ended.reason as Error), { once: true })
    this.#connector.connect()
    return abortable(connected.promise, signal)
  }

  async #login({ user, password }: ApiAccess, signal: AbortSignal): Promise<void> {
    const secret = await abortable(password(), signal)
    const trap = await this.run({ path: '/login', args: { name: user, password: secret } }, signal).then(
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
    throw new Error(`the device refused the login of "${user}": ${text}`)
  }

  /** Asks the device to give up a command; what it answers is dropped. */
  #cancel(tag: string): void {
    if (this.ended.aborted) return
    this.#connector.write(['/cancel', `=tag=${tag}`, `.tag=${this.#nextTag()}`])
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

  #lost(unclear: boolean): LinkError {
    const cause = this.ended.reason as Error
    return new LinkError('lost', unclear, `the link was lost: ${cause.message}`, { cause })
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
