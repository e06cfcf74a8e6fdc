import { setTimeout as delay } from 'node:timers/promises'
import type { Command, CommandContext, Menu, MenuCommand, Outcome } from './command.ts'
import type { DeviceState } from './device-state.ts'
import { playFault } from './fault-play.ts'
import { Faults } from './faults.ts'
import { Latency, type LatencyProfile } from './latency.ts'
import { commandAt, menuTable } from './menu-table.ts'
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

/** What is done in place of a command's own effect. */
export type Effect = (context: CommandContext) => Outcome | Promise<Outcome>

/** A command on its way. */
export interface Work {
  readonly command: Command
  readonly user: DeviceUser
  readonly effect: Effect
  /** Ends its wait: the device died, or it was cancelled. */
  readonly signal: AbortSignal
  /** As `signal`, but for being cancelled. */
  readonly life: AbortSignal
}

/** Carries commands out against the state: permission, fault, latency, effect. */
export class CommandRunner {
  readonly faults = new Faults()
  readonly slots: WorkSlots
  readonly latency: Latency
  /** The menus by path. */
  readonly menus: ReadonlyMap<string, Menu>
  /** Takes the device's power; whoever owns the device says how. */
  powerOff: () => void = () => undefined
  /** Milliseconds that commands have taken so far, all of them together: each from its arrival here to its end, but for those with a fault. */
  worked = 0
  readonly #device: DeviceState

  constructor(device: DeviceState, latency: LatencyProfile = {}, concurrency = Number.POSITIVE_INFINITY) {
    this.#device = device
    this.latency = new Latency(latency)
    this.slots = new WorkSlots(concurrency)
    this.menus = menuTable(device)
  }

  /** How long each command takes, in milliseconds, before its effect. */
  get latencyMs(): number {
    return this.latency.profile.fixedMs ?? 0
  }

  /** The command of a path such as `/disk/print`. */
  command(path: string): MenuCommand | undefined {
    return commandAt(this.menus, path)
  }

  /** The effect of a command at once, without latency and faults. Throws a `Trap` for a refusal. */
  perform(command: Command, user?: DeviceUser, signal: AbortSignal = new AbortController().signal): Outcome {
    const entry = this.#permitted(command, user)
    const outcome = entry.run(command, { user, signal })
    if (policyOf(entry) === 'write') this.#device.changes.announce()
    return outcome
  }

  /**
   * A command as a client meets it, or with `effect` something else that costs as much as it. Rejects with a `Trap`, or
   * with whatever its ended signal makes of the wait.
   */
  async run(command: Command, user: DeviceUser, signals: CommandSignals, effect?: Effect): Promise<Ending> {
    const fault = this.faults.strike(command)
    const signal = AbortSignal.any([signals.life, signals.cancel])
    const own: Effect = context => this.perform(command, user, context.signal)
    const work: Work = { command, user, effect: effect ?? own, signal, life: signals.life }
    if (fault === undefined) return { outcome: await this.#timed(work) }
    return playFault(fault, work, {
      work: (...given) => this.#work(...given),
      wait: ({ signal: end }) => this.slots.run(() => this.pause(this.latency.before(command), end), end),
      pause: (...given) => this.pause(...given),
      powerOff: () => this.powerOff(),
    })
  }

  /** Waits; rejects when the signal ends first. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (ms > 0) await delay(ms, undefined, { signal, ref: false })
  }

  async #timed(work: Work): Promise<Outcome> {
    const begun = performance.now()
    try {
      return await this.#work(work)
    } finally {
      this.worked += performance.now() - begun
    }
  }

  #work(
    { command, user, effect, signal }: Work,
    before: () => void | Promise<void> = () => undefined,
  ): Promise<Outcome> {
    const work = async (): Promise<Outcome> => {
      await this.pause(this.latency.before(command), signal)
      await before()
      this.#permitted(command, user)
      const outcome = await effect({ user, signal })
      await this.pause(this.latency.after(outcome), signal)
      return outcome
    }
    return this.slots.run(work, signal)
  }

  /** The menu's command, if the user may give it. REST asks for `api` with everything. */
  #permitted({ path, service }: Command, user: DeviceUser | undefined): MenuCommand {
    const { traps } = this.#device
    const entry = this.command(path)
    if (user !== undefined && service === 'rest') {
      const asksTest = path.startsWith('/system/resource/') && this.#device.switches.resourcePolicy === 'test'
      const asked = asksTest ? (['api', 'test'] as const) : (['api'] as const)
      if (asked.some(policy => !permits(user, policy))) throw traps.notAllowed()
    }
    if (entry === undefined) throw traps.noSuchCommand()
    if (user !== undefined && !permits(user, policyOf(entry))) throw traps.notPermitted()
    return entry
  }
}

function policyOf({ policy }: MenuCommand): Exclude<MenuCommand['policy'], () => unknown> {
  return typeof policy === 'function' ? policy() : policy
}
