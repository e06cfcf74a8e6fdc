import { StorageError } from '../../src/domain/errors.ts'

/** The way to an appliance in memory, and what can happen to a command on it. */
export class MemoryLink {
  /** How many commands were sent. */
  commands = 0
  /** How often it has come about. */
  made = 1
  #isUp = true
  #break: { skip: number; readonly effect: 'done' | 'undone' } | undefined
  #gate: Promise<void> | undefined
  #waiting = 0

  /** Where it is false, a command is known not to get through. */
  get isUp(): boolean {
    return this.#isUp
  }

  cut(): void {
    this.#isUp = false
  }

  restore(): void {
    if (!this.#isUp) this.made += 1
    this.#isUp = true
    this.#break = undefined
  }

  /** So many commands pass; the link is cut around the next one, which takes effect or not. */
  breakAfter(skip: number, effect: 'done' | 'undone'): void {
    this.#break = { skip, effect }
  }

  /** Commands wait until the returned function is called; then they take effect, also where nobody waits any more. */
  hang(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return () => {
      this.#gate = undefined
      resolve()
    }
  }

  /** How many commands began to wait since it was asked last. */
  takeWaiting(): number {
    const waiting = this.#waiting
    this.#waiting = 0
    return waiting
  }

  /** Sends one command. Whether one that was aborted or whose link broke took effect is unknown to the caller. */
  async send<T>(effect: () => T, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    this.commands += 1
    if (this.#gate === undefined) return this.#deliver(effect)
    this.#waiting += 1
    const delivered = this.#gate.then(() => this.#deliver(effect))
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    return Promise.race([delivered, aborted]).finally(() => signal.removeEventListener('abort', abort))
  }

  #deliver<T>(effect: () => T): T {
    if (!this.#isUp) throw gone()
    if (this.#break === undefined || this.#break.skip > 0) {
      if (this.#break !== undefined) this.#break.skip -= 1
      return effect()
    }
    this.#isUp = false
    if (this.#break.effect === 'done') effect()
    throw gone()
  }
}

const gone = (): StorageError => new StorageError('unavailable', 'the appliance does not answer')
