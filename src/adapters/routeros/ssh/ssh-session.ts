import type { Client } from 'ssh2'
import { abortable } from '../deadline.ts'
import { enter, lostLink } from '../link/lost-link.ts'
import { Places } from '../link/places.ts'
import { OVER, type Sending, type Session } from '../link/session.ts'
import { type DeviceCommand, type DeviceReply, LinkError, TrapError } from '../transport.ts'
import { ChannelRefused, execute, type Execution } from './console-channel.ts'
import { consoleLine, outputOf } from './console-line.ts'
import { type Printed, replyOf } from './console-reply.ts'
import { requireExactJson, VERSION_LINE } from './console-version.ts'
import { awaitGreeting } from './greeting.ts'
import { ProgressLines } from './progress-lines.ts'
import { login, type SshAccess } from './ssh-login.ts'

/** So many channels may be held beside by commands that nobody waits for any more, until they tell how they ended. */
const ABANDONED = 8
/** Answers without looking at anything. */
const PROBE_LINE = ':put alive'

/** RouterOS' console over one SSH connection: each command in a channel of its own, a few at a time. */
export class SshSession implements Session {
  readonly #access: SshAccess
  readonly #client: Client
  readonly #channels: Places
  readonly #ended = new AbortController()
  #cause: Error | undefined
  #replies = 0
  #abandoned = 0

  private constructor(access: SshAccess, client: Client, channels: Places) {
    this.#access = access
    this.#client = client
    this.#channels = channels
    client.on('error', error => (this.#cause ??= error))
    // Right after this the library ends every channel, and tells whoever waits for one.
    client.once('close', () => this.#end())
  }

  /**
   * Logs in, and makes sure that the device can say what it has exactly. `channels` is kept from one session to the next:
   * there are fewer once the device has shown that it wants fewer.
   */
  static async open(access: SshAccess, channels: Places, signal: AbortSignal): Promise<SshSession> {
    const session = new SshSession(access, await login(access, signal), channels)
    try {
      requireExactJson(await abortable(session.#execute(VERSION_LINE, { gathers: true }), signal))
      return session
    } catch (error) {
      session.destroy(error as Error)
      throw error
    }
  }

  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Pieces of output, and ends of channels. */
  get replies(): number {
    return this.#replies
  }

  async run(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply> {
    for (;;) {
      const leave = await enter(this.#channels, signal, this.ended)
      const others = this.#channels.taken - 1
      const exchange = this.#exchange(command, signal, sending).finally(leave)
      try {
        return await abortable(exchange, signal)
      } catch (error) {
        if (signal.aborted) this.#abandon(exchange, leave)
        // Perhaps the device ends the connection at a second channel.
        if (error instanceof LinkError && !sending.sent && others > 0) this.#channels.shrink(1)
        if (!(error instanceof ChannelRefused)) throw error
        const text = `the device opens no channel: ${error.message}`
        if (others < 1) throw new LinkError('not-connected', false, text, { cause: error })
        this.#channels.shrink(others)
      }
    }
  }

  /**
   * A channel that is refused is a sign of life as well. Perhaps the device keeps channels waiting while it is at work; then
   * that it greets others has to do, and the system notices where this connection is gone.
   */
  async probe(signal: AbortSignal): Promise<void> {
    const answered = new AbortController()
    const either = AbortSignal.any([signal, this.ended, answered.signal])
    const isBusy = this.#channels.taken + this.#abandoned > 0
    try {
      const signs = [this.#answer(), ...(isBusy ? [awaitGreeting(this.#access, either)] : [])]
      await abortable(Promise.any(signs), signal)
    } finally {
      answered.abort()
    }
  }

  async #answer(): Promise<void> {
    await this.#execute(PROBE_LINE, { gathers: true }).catch((error: unknown) => {
      if (!(error instanceof ChannelRefused)) throw error
      this.#replies += 1
    })
  }

  destroy(cause: Error): void {
    this.#cause ??= cause
    this.#client.destroy()
    this.#end()
  }

  /** Others need not wait for a command that nobody waits for; it is listened to all the same. */
  #abandon(exchange: Promise<unknown>, leave: () => void): void {
    if (this.#abandoned >= ABANDONED) return
    this.#abandoned += 1
    const end = (): void => {
      this.#abandoned -= 1
    }
    exchange.then(end, end)
    leave()
  }

  async #exchange(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply> {
    const { progress } = command
    const lines = progress === undefined ? undefined : new ProgressLines(progress)
    // Nothing but the end of its channel stops a command that runs long; others are soon over, and say how.
    const noUse = lines === undefined ? sending.over.signal : AbortSignal.any([sending.over.signal, signal])
    const onOutput = (chunk: Buffer | undefined): void => {
      if (chunk !== undefined) lines?.push(chunk)
    }
    try {
      sending.sent = true
      const printed = await this.#execute(consoleLine(command), { gathers: lines === undefined, onOutput, noUse })
      const whole = lines === undefined ? printed : { ...printed, stdout: lines.end() }
      const reply = replyOf(whole, outputOf(command))
      sending.over.abort(OVER)
      return reply
    } catch (error) {
      if (error instanceof ChannelRefused || (error instanceof LinkError && !error.unclear)) sending.sent = false
      if (error instanceof TrapError) sending.over.abort(OVER)
      throw this.ended.aborted ? lostLink(this.ended, sending.sent) : error
    }
  }

  async #execute(line: string, execution: Partial<Execution>): Promise<Printed> {
    const { onOutput, gathers = false, noUse = this.ended } = execution
    const hear = (stdout: Buffer | undefined): void => {
      this.#replies += 1
      onOutput?.(stdout)
    }
    const printed = await execute(this.#client, line, { onOutput: hear, gathers, noUse })
    this.#replies += 1
    return printed
  }

  #end(): void {
    this.#ended.abort(this.#cause ?? new Error('the device closed the connection'))
  }
}
