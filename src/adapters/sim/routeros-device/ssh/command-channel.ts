import type { ServerChannel } from 'ssh2'
import { ConnectionLost } from '../console/console-error.ts'
import type { ConsoleSession } from '../console/console-session.ts'
import type { ConsoleStyle } from '../console/printer/console-style.ts'
import type { DeviceCore } from '../device-core.ts'
import type { DeviceUser } from '../users.ts'

/** What the channels of a connection work with. */
export interface ChannelContext {
  readonly core: DeviceCore
  readonly user: DeviceUser
  /** Number of the connection in the log of commands. */
  readonly connection: number
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal
  /** The console's style; `columns` of the terminal where the channel has one. */
  style(columns: number | undefined): ConsoleStyle
  /** Ends the connection without an answer. */
  drop(how: 'end' | 'reset'): void
}

/** How a line ended: well, with the text of an error, or without an answer. */
export type LineEnd = { readonly error: Buffer | undefined } | 'lost'

/** Carries lines out on one channel. */
export class CommandChannel {
  readonly channel: ServerChannel
  readonly #context: ChannelContext
  readonly #console: ConsoleSession
  readonly #gone = new AbortController()
  #cancel = new AbortController()
  #unsent: Buffer[] = []

  constructor(channel: ServerChannel, context: ChannelContext, console: ConsoleSession) {
    this.channel = channel
    this.#context = context
    this.#console = console
    channel.once('close', () => this.#gone.abort())
    channel.on('error', () => this.#gone.abort())
  }

  /** The line that works is broken off; it says so. */
  interrupt(): void {
    this.#cancel.abort()
  }

  /** Writes to the client, as long as there is one. */
  write(bytes: Buffer | string): void {
    this.#flush()
    if (this.channel.writable) this.channel.write(bytes)
  }

  /** Lines that are written at one moment go out together. */
  #collect(bytes: Buffer): void {
    this.#unsent.push(bytes)
    if (this.#unsent.length === 1) queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    if (this.#unsent.length > 0 && this.channel.writable) this.channel.write(Buffer.concat(this.#unsent))
    this.#unsent = []
  }

  /** Carries a line out, its output written as it comes. */
  async run(line: string, columns: number | undefined): Promise<LineEnd> {
    const { core, user, connection, closed } = this.#context
    this.#cancel = new AbortController()
    const vanished = AbortSignal.any([closed, this.#gone.signal])
    const abandons = core.state.switches.vanishedClient === 'abandoned'
    const life = abandons ? AbortSignal.any([core.power, vanished]) : core.power
    const by = { user, connection, life, cancel: this.#cancel.signal }
    const output = { style: this.#context.style(columns), write: (bytes: Buffer): void => this.#collect(bytes) }
    try {
      return { error: await this.#console.run(line, by, output) }
    } catch (error) {
      return this.#judge(error, life)
    } finally {
      this.#flush()
    }
  }

  #judge(error: unknown, life: AbortSignal): LineEnd {
    if (error instanceof ConnectionLost) {
      this.#context.drop(error.how)
      return 'lost'
    }
    if (life.aborted) return 'lost'
    if (this.#cancel.signal.aborted) return { error: Buffer.from('interrupted') }
    const reason = error instanceof Error ? error.message : 'unknown'
    return { error: Buffer.from(`failure: fault of the simulator: ${reason}`) }
  }
}

/**
 * One line for one channel. What the command wrote comes first, then its error, on the side and with the exit code that
 * the switch `sshErrors` says; then the channel ends.
 */
export async function runExec(
  commands: CommandChannel,
  core: DeviceCore,
  line: string,
  columns?: number,
): Promise<void> {
  const end = await commands.run(line, columns)
  if (end === 'lost') return
  const { channel } = commands
  if (!channel.writable) return
  const { sshErrors } = core.state.switches
  if (end.error !== undefined) {
    const text = Buffer.concat([end.error, Buffer.from('\r\n')])
    if (sshErrors === 'stderrExit1') channel.stderr.write(text)
    else channel.write(text)
  }
  channel.exit(end.error === undefined || sshErrors === 'stdoutExit0' ? 0 : 1)
  channel.end()
}
