import type { DeviceSwitches } from '../switches.ts'

/** What becomes of a channel: each of these is called once at most. */
export interface Turn {
  readonly admit: () => void
  readonly refuse: () => void
  readonly end: () => void
}

/** Lets the channels of one connection in, as the switch `sshChannels` says. */
export class ChannelTurns {
  #open = 0
  #waiting: (() => void)[] = []

  /** `admit` or `refuse` is called, at once or when the channel before is gone; `end`: the whole connection goes. */
  enter(how: DeviceSwitches['sshChannels'], turn: Turn): void {
    if (this.#open === 0 || how === 'served') this.#admit(turn.admit)
    else if (how === 'queued') this.#waiting.push(turn.admit)
    else if (how === 'refused') turn.refuse()
    else turn.end()
  }

  /** A channel is gone. */
  leave(): void {
    this.#open -= 1
    const next = this.#open === 0 ? this.#waiting.shift() : undefined
    if (next !== undefined) this.#admit(next)
  }

  #admit(admit: () => void): void {
    this.#open += 1
    admit()
  }
}
