import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const STOP_LIMIT = 5_000

/** A process of the bench beside the measured one; it ends with us. One question at a time. */
export class Servant<Question extends object> {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts `<file>.ts` in this folder; also answers what it says when it is ready. */
  static async start<Q extends object, Greeting>(file: string): Promise<readonly [Servant<Q>, Greeting]> {
    const servant = new Servant<Q>(
      fork(join(import.meta.dirname, `${file}.ts`), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
    )
    return [servant, await servant.#hear<Greeting>()]
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('a process of the bench could not be started')
    return this.#child.pid
  }

  ask<Answer>(question: Question): Promise<Answer> {
    const answer = this.#hear<Answer>()
    this.#child.send(question)
    return answer
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT)
    await ended
    clearTimeout(timer)
  }

  async #hear<T>(): Promise<T> {
    const heard = new AbortController()
    const { signal } = heard
    const ended = once(this.#child, 'exit', { signal }).then(() =>
      Promise.reject(new Error('a process of the bench ended')),
    )
    try {
      const [message] = (await Promise.race([once(this.#child, 'message', { signal }), ended])) as [T]
      return message
    } finally {
      heard.abort()
      ended.catch(() => undefined)
    }
  }
}
