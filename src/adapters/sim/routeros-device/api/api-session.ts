import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Ending } from '../command-runner.ts'
import type { DeviceCore } from '../device-core.ts'
import { ReplyQueue } from './reply-queue.ts'
import { answer, fatal, parseRequest, partOf, refusal, type Request } from './sentences.ts'
import { Trap } from '../trap.ts'
import type { DeviceUser } from '../users.ts'
import { encodeSentence, SentenceReader } from './wire.ts'

interface InFlight {
  readonly tag: string | undefined
  readonly cancel: AbortController
}

/** One connection of the binary API: tagged commands run at once, untagged ones after each other. */
export class ApiSession {
  readonly #socket: Socket
  readonly #core: DeviceCore
  readonly #number: number
  readonly #closed = new AbortController()
  readonly #inFlight = new Set<InFlight>()
  readonly #replies: ReplyQueue
  #user: DeviceUser | undefined
  #login: Promise<void> = Promise.resolve()
  #untagged: Promise<void> = Promise.resolve()
  #mute = false

  constructor(socket: Socket, core: DeviceCore) {
    this.#socket = socket
    this.#core = core
    this.#number = core.nextConnection()
    this.#replies = new ReplyQueue(core, sentences => this.#write(sentences))
    socket.once('close', () => this.#closed.abort())
  }

  /** Begins to read commands. */
  start(): void {
    const reader = new SentenceReader()
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const words of reader.push(chunk)) this.#take(words)
      } catch {
        this.#socket.destroy()
      }
    })
  }

  /** Half-open from now on: nothing is read, answered or closed any more, as if the device had lost the connection's state. */
  forget(): void {
    this.#mute = true
    this.#socket.removeAllListeners('data')
    this.#socket.pause()
  }

  /** Drops the connection at once, with FIN or with RST. */
  drop(how: 'end' | 'reset'): void {
    // A TLS socket has no RST of its own to send.
    if (how === 'reset' && !('encrypted' in this.#socket)) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  #take(words: readonly string[]): void {
    if (this.#mute) return
    this.#core.log.add(words, this.#core.state.now(), this.#number, 'api')
    const request = parseRequest(words)
    const { path } = request.command
    if (path === '/login') {
      this.#login = this.#untagged.then(() => this.#logIn(request))
      this.#untagged = this.#login
    } else if (path === '/cancel') void this.#login.then(() => this.#cancel(request))
    else if (request.tag === undefined) this.#untagged = this.#untagged.then(() => this.#serve(request))
    else void this.#login.then(() => this.#serve(request))
  }

  /** Login of 6.43 and later: name and password in one sentence. The refusal's text is known, its category is not. */
  async #logIn({ command, tag }: Request): Promise<void> {
    try {
      await this.#core.runner.pause(this.#core.runner.latency.before(command), this.#core.power)
    } catch {
      return
    }
    const { args } = command
    const { users } = this.#core.state
    this.#user = users.authenticate('api', args.get('name') ?? '', args.get('password') ?? '')
    const known = this.#user !== undefined
    this.#write(known ? answer({}, tag) : refusal(new Trap('invalid user name or password (6)'), tag))
  }

  async #serve(request: Request): Promise<void> {
    if (this.#user === undefined) return this.#fatal('not logged in')
    if (request.command.path === '/quit') return this.#fatal('session terminated on request')
    const inFlight: InFlight = { tag: request.tag, cancel: new AbortController() }
    this.#inFlight.add(inFlight)
    const abandons = this.#core.state.switches.vanishedClient === 'abandoned'
    const life = abandons ? AbortSignal.any([this.#core.power, this.#closed.signal]) : this.#core.power
    try {
      const { cancel } = inFlight
      await this.#end(
        await this.#core.runner.run(request.command, this.#user, { life, cancel: cancel.signal }),
        request,
      )
    } catch (error) {
      if (life.aborted) return
      this.#replies.put(refusal(this.#trapOf(error, inFlight), request.tag), 'answer')
    } finally {
      this.#inFlight.delete(inFlight)
    }
  }

  /** `/cancel =tag=x`, or of everything; the cancelled commands answer first. */
  async #cancel({ command, tag }: Request): Promise<void> {
    if (this.#user === undefined) return this.#fatal('not logged in')
    const wanted = command.args.get('tag')
    const hit = [...this.#inFlight].filter(other => wanted === undefined || other.tag === wanted)
    for (const { cancel } of hit) cancel.abort()
    await turn()
    const { switches, traps } = this.#core.state
    const unknown = wanted !== undefined && hit.length === 0 && switches.cancelUnknownTag === 'trap'
    this.#write(unknown ? refusal(traps.refused('unknownTag'), tag) : answer({}, tag))
  }

  async #end(ending: Ending, { tag }: Request): Promise<void> {
    if ('drop' in ending) return this.drop(ending.drop)
    const { outcome } = ending
    if (!('stream' in outcome)) return this.#replies.put(answer(outcome, tag), 'answer')
    // Read to its end also when the client is gone: the work is done by reading.
    for await (const row of outcome.stream) this.#replies.put([partOf(row, tag)], 'part')
    this.#replies.put(answer({}, tag), 'answer')
  }

  #trapOf(error: unknown, { cancel }: InFlight): Trap {
    if (error instanceof Trap) return error
    if (cancel.signal.aborted) return this.#core.state.traps.interrupted()
    return new Trap(`failure: fault of the simulator: ${error instanceof Error ? error.message : 'unknown'}`)
  }

  #fatal(reason: string): void {
    if (this.#mute) return
    this.#mute = true
    this.#socket.end(encodeSentence(fatal(reason)))
  }

  #write(sentences: readonly string[][]): void {
    if (this.#mute || !this.#socket.writable) return
    this.#socket.write(Buffer.concat(sentences.map(encodeSentence)))
  }
}
