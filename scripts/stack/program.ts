import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../bundle.ts'

const STOP_LIMIT = 15_000
const LOG_LINES_TOLD = 20

/** How a program is started: as its users start it, or straight from a bundle with given flags of Node. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const launcher = join(root, 'bin', 'rds-csi')

/** By the launcher of the checkout, with the bundles that are there. */
export const byLauncher = (args: readonly string[]): Launch => ({
  command: launcher,
  args,
  env: { RDS_CSI_REBUILD: 'no' },
})

/** Has the launcher build what is missing or outdated. Throws where that fails. */
export function buildWhatIsOutdated(): void {
  execFileSync(launcher, ['version'], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** A program that was started; what it writes goes to `<folder>/<name>.log`. */
export class Program {
  readonly name: string
  readonly process: ChildProcess
  readonly #log: string
  readonly #firstLine: Promise<string>
  readonly #ended: Promise<unknown>

  constructor(name: string, folder: string, { command, args, env }: Launch) {
    this.name = name
    this.#log = join(folder, `${name}.log`)
    this.process = spawn(command, [...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = once(this.process, 'close').catch((error: unknown) => error)
    this.#firstLine = this.#keepOutput()
  }

  /** What its one line of JSON says when it is ready. Throws, with the end of its log, where it ends before. */
  async announcement(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const line = await this.whileRunning(this.#firstLine, signal)
    return JSON.parse(line) as Readonly<Record<string, string>>
  }

  /** The result of `work`, unless the program ends or `signal` aborts before: then throws with the end of its log. */
  async whileRunning<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    const aborted = once(signal, 'abort').then(() => 'gave no sign of being ready in time')
    const trouble = Promise.race([this.#ended.then(() => 'ended'), aborted])
    const failure = trouble.then((why): never => {
      throw new Error(`${this.name} ${why}; its log ends with:\n${this.logEnd()}`)
    })
    signal.throwIfAborted()
    return Promise.race([work, failure])
  }

  /** Ends it by SIGTERM, by SIGKILL where that takes too long. Answers its exit code; undefined after a signal. */
  async stop(): Promise<number | undefined> {
    const { process: child } = this
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT)
    await this.#ended
    clearTimeout(timer)
    return child.exitCode ?? undefined
  }

  logEnd(): string {
    return readFileSync(this.#log, 'utf8').split('\n').slice(-LOG_LINES_TOLD).join('\n')
  }

  #keepOutput(): Promise<string> {
    const { stdout, stderr } = this.process
    const log = createWriteStream(this.#log)
    for (const output of [stdout, stderr]) output?.pipe(log, { end: false })
    void this.#ended.then(() => log.end())
    const { promise, resolve } = Promise.withResolvers<string>()
    if (stdout !== null) createInterface(stdout).once('line', resolve)
    return promise
  }
}
