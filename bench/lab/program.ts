import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { probed } from './probe.ts'

const START_LIMIT = 30_000
const STOP_LIMIT = 15_000
const LOG_TOLD = 2_000

export interface Launch {
  readonly args: readonly string[]
  /** Absent: no compile cache. */
  readonly compileCache?: string
  readonly socket: string
  readonly logFile: string
}

/** A measured program, started as the images start it: by this very Node and with their flags. */
export class Program {
  readonly begun = performance.now()
  readonly #child: ChildProcess
  readonly #launch: Launch
  readonly #ended: Promise<unknown>

  constructor(launch: Launch) {
    const { compileCache, logFile, args } = launch
    this.#launch = launch
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_COMPILE_CACHE: compileCache }
    if (compileCache === undefined) delete env['NODE_COMPILE_CACHE']
    const log = openSync(logFile, 'a')
    this.#child = spawn(process.execPath, ['--max-semi-space-size=2', '--max-old-space-size=192', ...args], {
      env,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#ended = once(this.#child, 'exit').catch((error: unknown) => error)
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program could not be started')
    return this.#child.pid
  }

  get socket(): string {
    return this.#launch.socket
  }

  /** Milliseconds since it was spawned, when Probe is answered or says ready. */
  async until(what: 'answered' | 'ready'): Promise<number> {
    const stopped = new AbortController()
    const signal = AbortSignal.any([AbortSignal.timeout(START_LIMIT), stopped.signal])
    const ended = this.#ended.then(() => Promise.reject(this.#failure('ended')))
    try {
      await Promise.race([probed(this.#launch.socket, what, signal), ended])
      return performance.now() - this.begun
    } catch (error) {
      throw signal.aborted ? this.#failure(`did not get ${what} in time`) : error
    } finally {
      stopped.abort()
    }
  }

  /** By SIGTERM, so that Node writes the compile cache; by SIGKILL where that takes too long. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT)
    await this.#ended
    clearTimeout(timer)
  }

  #failure(what: string): Error {
    const { args, logFile } = this.#launch
    const log = readFileSync(logFile, 'utf8').slice(-LOG_TOLD)
    return new Error(`${args.slice(0, 2).join(' ')} ${what}; its log ends with:\n${log}`)
  }
}
