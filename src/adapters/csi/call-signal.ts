import { type ServerUnaryCall, status } from '@grpc/grpc-js'
import type { Millis } from '../../domain/ids.ts'

/** Node's timers hold no more; a later deadline is as good as none. */
const LONGEST_TIMER: Millis = 2 ** 31 - 1

/** A caller hangs up when its own deadline passes, earlier than ours by as long as the call was on its way to us. */
const DEADLINE_SLACK: Millis = 250

type Call = Pick<ServerUnaryCall<unknown, unknown>, 'getDeadline' | 'on' | 'off' | 'cancelled'>

/** Why a caller that is gone has gone: its deadline passed, or it cancelled. `deadline` is epoch milliseconds. */
export function hangUpCode(deadline: Date | number): status.DEADLINE_EXCEEDED | status.CANCELLED {
  return Number(deadline) - Date.now() <= DEADLINE_SLACK ? status.DEADLINE_EXCEEDED : status.CANCELLED
}

/**
 * One AbortSignal for everything that can end a running call: its deadline (`TimeoutError`), the caller hanging up
 * (`AbortError`), or whatever `abort` is given. A call without a deadline gets `defaultDeadline` from now.
 * `end` has to be called when the answer is known; after that nothing aborts, although grpc-js reports `cancelled` at the
 * end of every call, successful ones included.
 */
export class CallSignal {
  readonly #call: Call
  readonly #deadline: number
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #onCancelled = (): void => this.#hangUp()

  constructor(call: Call, defaultDeadline: Millis) {
    this.#call = call
    const asked = Number(call.getDeadline())
    this.#deadline = Number.isFinite(asked) ? asked : Date.now() + defaultDeadline
    const left = Math.min(Math.max(this.#deadline - Date.now(), 0), LONGEST_TIMER)
    this.#timer = setTimeout(() => this.abort(deadlineExceeded()), left)
    call.on('cancelled', this.#onCancelled)
    if (call.cancelled) this.#hangUp()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#controller.abort(reason)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#call.off('cancelled', this.#onCancelled)
  }

  #hangUp(): void {
    this.abort(hangUpCode(this.#deadline) === status.DEADLINE_EXCEEDED ? deadlineExceeded() : cancelled())
  }
}

const deadlineExceeded = (): Error => new DOMException('the deadline of the call has passed', 'TimeoutError')
const cancelled = (): Error => new DOMException('the caller cancelled the call', 'AbortError')
