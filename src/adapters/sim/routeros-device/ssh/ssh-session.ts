import type { Socket } from 'node:net'
import type { AuthContext, Connection, Session } from 'ssh2'
import { ConsoleSession } from '../console/console-session.ts'
import type { ConsoleStyle } from '../console/printer/console-style.ts'
import type { DeviceCore } from '../device-core.ts'
import type { DeviceUser } from '../users.ts'
import { judge } from './authentication.ts'
import { ChannelTurns } from './channel-turns.ts'
import { type ChannelContext, CommandChannel, runExec } from './command-channel.ts'
import { type LoginName, parseLoginName } from './login-name.ts'
import { runShell } from './shell.ts'

/** One SSH connection: login, then channels, each with a console of its own. */
export class SshSession {
  readonly #socket: Socket
  readonly #core: DeviceCore
  readonly #number: number
  readonly #closed = new AbortController()
  readonly #turns = new ChannelTurns()
  #user: DeviceUser | undefined
  #login: LoginName = { user: '' }

  constructor(socket: Socket, core: DeviceCore) {
    this.#socket = socket
    this.#core = core
    this.#number = core.nextConnection()
    socket.once('close', () => this.#closed.abort())
  }

  /** Serves a connection whose keys are being exchanged. */
  serve(connection: Connection): void {
    connection.on('error', () => this.#socket.destroy())
    connection.on('authentication', attempt => void this.#logIn(attempt))
    connection.on('session', (accept, reject) => {
      this.#turns.enter(this.#core.state.switches.sshChannels, {
        admit: () => this.#open(accept()),
        refuse: reject,
        end: () => this.drop('end'),
      })
    })
  }

  /** Half-open from now on: nothing is read or answered any more. */
  forget(): void {
    const socket = this.#socket
    socket.removeAllListeners('data')
    socket.pause()
    // What the library still writes goes nowhere.
    socket.write = () => true
  }

  /** Drops the connection at once, with FIN or with RST. */
  drop(how: 'end' | 'reset'): void {
    if (how === 'reset') this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  async #logIn(attempt: AuthContext): Promise<void> {
    const { runner, power, state, log } = this.#core
    const login = parseLoginName(attempt.username)
    const user = judge(state.users, login.user, attempt)
    if (user === undefined) return attempt.reject(['publickey', 'password'])
    try {
      await runner.pause(runner.latencyMs, power)
    } catch {
      return
    }
    const isQuestion = attempt.method === 'publickey' && attempt.signature === undefined
    if (!isQuestion) {
      log.add(['/login'], state.now(), this.#number, 'ssh')
      this.#user = user
      this.#login = login
    }
    attempt.accept()
  }

  #open(session: Session): void {
    let columns: number | undefined
    let commands: CommandChannel | undefined
    session.once('close', () => this.#turns.leave())
    session.on('pty', (accept, _reject, info) => {
      columns = info.cols
      accept?.()
    })
    session.on('window-change', (accept, _reject, info) => {
      columns = info.cols
      accept?.()
    })
    session.on('signal', accept => {
      commands?.interrupt()
      accept?.()
    })
    session.on('exec', (accept, reject, { command }) => {
      const context = this.#context()
      if (context === undefined) return reject()
      commands = new CommandChannel(accept(), context, new ConsoleSession(this.#core))
      void runExec(commands, this.#core, command, columns)
    })
    session.on('shell', (accept, reject) => {
      const context = this.#context()
      if (context === undefined) return reject()
      const console = new ConsoleSession(this.#core)
      commands = new CommandChannel(accept(), context, console)
      void runShell(commands, { core: this.#core, user: context.user.name, console, columns: () => columns })
    })
  }

  #context(): ChannelContext | undefined {
    if (this.#user === undefined) return undefined
    return {
      core: this.#core,
      user: this.#user,
      connection: this.#number,
      closed: this.#closed.signal,
      style: columns => this.#style(columns),
      drop: how => this.drop(how),
    }
  }

  /** A width in the login name outdoes that of the terminal; without both it is a switch. */
  #style(columns: number | undefined): ConsoleStyle {
    const { consoleWrap, consoleIndent, legendWhenEmpty } = this.#core.state.switches
    const assumed = consoleWrap === '80' ? 80 : Number.POSITIVE_INFINITY
    return { width: this.#login.width ?? columns ?? assumed, indent: consoleIndent, legendWhenEmpty }
  }
}
