import { setTimeout as delay } from 'node:timers/promises'
import type { Command, Menu, Outcome } from './command.ts'
import type { DeviceState } from './device-state.ts'
import { diskMenu } from './disk-menu.ts'
import { Faults } from './faults.ts'
import { fileMenu } from './file-menu.ts'
import { systemMenus } from './system-menus.ts'
import { Trap } from './trap.ts'
import { type DeviceUser, permits } from './users.ts'
import { WorkSlots } from './work-slots.ts'

/** How a command ended for its connection. */
export type Ending = { readonly outcome: Outcome } | { readonly drop: 'end' | 'reset' }

/** The signals that end a command's wait; whichever ends first, the command then has no effect any more. */
export interface CommandSignals {
  /** The device died, or by switch the client vanished. */
  readonly life: AbortSignal
  /** `/cancel` of its tag. */
  readonly cancel: AbortSignal
}

/** Carries commands out against the state: permission, fault, latency, effect. */
export class CommandRunner {
  readonly faults = new Faults()
  readonly slots: WorkSlots
  /** How long each command takes, in milliseconds, before its effect. */
  latencyMs: number
  readonly #device: DeviceState
  readonly #menu: ReadonlyMap<string, Menu[string]>

  constructor(device: DeviceState, latencyMs: number, concurrency: number) {
    this.#device = device
    this.latencyMs = latencyMs
    this.slots = new WorkSlots(concurrency)
    this.#menu = new Map(Object.entries({ ...diskMenu(device), ...fileMenu(device), ...systemMenus(device) }))
  }

  /** The effect of a command at once, without latency and faults. Throws a `Trap` for a refusal. */
  perform(command: Command, user?: DeviceUser): Outcome {
    const entry = this.#menu.get(command.path)
    if (entry === undefined) throw this.#device.traps.noSuchCommand()
    if (user !== undefined && !permits(user, entry.policy)) throw this.#device.traps.notPermitted()
    return entry.run(command)
  }

  /** A command as a client meets it. Rejects with a `Trap`, or with whatever its ended signal makes of the wait. */
  async run(command: Command, user: DeviceUser, signals: CommandSignals): Promise<Ending> {
    const fault = this.faults.strike(command)
    const signal = AbortSignal.any([signals.life, signals.cancel])
    switch (fault?.kind) {
      case 'dropBefore':
        return { drop: fault.reset === true ? 'reset' : 'end' }
      case 'hang':
        return never(signal)
      case 'trap':
        await this.slots.run(() => this.pause(this.latencyMs, signal), signal)
        throw new Trap(fault.message, fault.category)
      case 'loseReply':
        await this.#work(command, user, signal)
        return { drop: 'end' }
      case 'delayReply': {
        const outcome = await this.#work(command, user, signal)
        await this.pause(fault.ms, signal)
        return { outcome }
      }
      case 'ignoreCancel':
        await fault.until
        return { outcome: await this.#work(command, user, signals.life) }
      case undefined:
        return { outcome: await this.#work(command, user, signal) }
    }
  }

  #work(command: Command, user: DeviceUser, signal: AbortSignal): Promise<Outcome> {
    const work = async (): Promise<Outcome> => {
      await this.pause(this.latencyMs, signal)
      return this.perform(command, user)
    }
    return this.slots.run(work, signal)
  }

  /** Waits; rejects when the signal ends first. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (ms > 0) await delay(ms, undefined, { signal, ref: false })
  }
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
