import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { orAborted } from './waiting.ts'

const STOP_LIMIT = 15_000
const LINES_TOLD = 8
const LINE_LENGTH = 300

/** What is run: a program, its arguments and the whole of its environment. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A program ended although it should run. The message holds the end of its log. */
export class ProgramEnded extends Error {
  override readonly name = 'ProgramEnded'
}

/** One program that runs beside this one. What it writes is appended to its log file. */
export class Program {
  readonly name: string
  /** Resolves, never rejects, when it has ended: with its exit code, or with the signal's name. */
  readonly ended: Promise<number | string>
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  readonly #waiting = new Set<(line: string) => void>()
  #wantedEnd = false

  constructor(name: string, logFile: string, { command, args, env }: Launch) {
    this.name = name
    // A group of its own: Ctrl-C at the terminal is for the demonstration, which ends its programs in good order.
    this.#child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.ended = this.#follow(createWriteStream(logFile, { flags: 'a' }))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Everything that it has written so far. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** What `find` makes of the first line, past or to come, in which it finds something. Errors as `whileRunning`. */
  async line<T>(find: (line: string) => T | undefined, signal: AbortSignal): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    const look = (line: string): void => {
      const found = find(line)
      if (found !== undefined) resolve(found)
    }
    this.#waiting.add(look)
    this.#lines.forEach(look)
    try {
      return await this.whileRunning(promise, signal)
    } finally {
      this.#waiting.delete(look)
    }
  }

  /** The result of `work`. Throws ProgramEnded where this program ends before, or the signal's reason. */
  async whileRunning<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    return orAborted(Promise.race([work, this.#end()]), signal)
  }

  /** Ends it by SIGTERM, by SIGKILL where that takes too long. Answers as `ended`; also when it has ended long ago. */
  async stop(): Promise<number | string> {
    this.#wantedEnd = true
    this.#signal('SIGTERM')
    const timer = setTimeout(() => this.#signal('SIGKILL'), STOP_LIMIT)
    const how = await this.ended
    clearTimeout(timer)
    return how
  }

  /** Ends it by SIGKILL: nothing of it gets to finish or tidy anything. */
  async kill(): Promise<void> {
    this.#wantedEnd = true
    this.#signal('SIGKILL')
    await this.ended
  }

  /** Rejects with ProgramEnded if it ends without having been told to; otherwise never settles. */
  async unwantedEnd(): Promise<never> {
    await this.ended
    return this.#wantedEnd ? new Promise(() => undefined) : this.#end()
  }

  /** The last lines that it wrote, each cut to what people read. */
  tail(): string {
    const lines = this.#lines.slice(-LINES_TOLD)
    return lines.map(line => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line)).join('\n')
  }

  async #end(): Promise<never> {
    const how = await this.ended
    throw new ProgramEnded(`the program "${this.name}" ended (${how}); its log ends with:\n${this.tail()}`)
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(name)
  }

  async #follow(log: WriteStream): Promise<number | string> {
    const { stdout, stderr } = this.#child
    for (const output of [stdout, stderr]) {
      if (output !== null) createInterface(output).on('line', line => this.#note(line, log))
    }
    const how = await once(this.#child, 'close').then(
      ([code, signal]) => (code ?? signal) as number | string,
      (error: unknown) => `could not be started: ${error instanceof Error ? error.message : String(error)}`,
    )
    await new Promise<void>(resolve => log.end(resolve))
    return how
  }

  #note(line: string, log: WriteStream): void {
    this.#lines.push(line)
    log.write(`${line}\n`)
    for (const look of this.#waiting) look(line)
  }
}
