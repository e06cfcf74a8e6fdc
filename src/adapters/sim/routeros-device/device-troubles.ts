import type { DeviceCore } from './device-core.ts'
import { setMember } from './disk/raid-members.ts'
import { DeviceView, type PlainRow } from './device-view.ts'
import type { LoggedCommand } from './command-log.ts'
import type { Faults } from './faults.ts'
import type { LatencyProfile } from './latency.ts'
import type { DeviceSwitches } from './switches.ts'
import type { HardwareState, HealthReading } from './system/hardware-state.ts'
import type { DeviceUser } from './users.ts'

/** Everything that can go wrong with a device but its connections and its power. */
export class DeviceTroubles extends DeviceView {
  protected readonly core: DeviceCore

  constructor(core: DeviceCore) {
    super(core.state)
    this.core = core
  }

  /** Commands of all services in the order of their arrival, logins included; the newest 20,000. */
  get commands(): readonly LoggedCommand[] {
    return this.core.log.entries
  }

  clearCommands(): void {
    this.core.log.clear()
  }

  /** Faults of single commands. */
  get faults(): Faults {
    return this.core.runner.faults
  }

  /** How long each command takes, in milliseconds; `login` too. */
  get latencyMs(): number {
    return this.core.runner.latencyMs
  }

  set latencyMs(ms: number) {
    this.latency = { ...this.core.runner.latency.profile, fixedMs: ms }
  }

  /** How long which command takes. */
  set latency(profile: LatencyProfile) {
    this.core.runner.latency.profile = profile
  }

  /** See `CommandRunner.worked`. */
  get worked(): number {
    return this.core.runner.worked
  }

  /** How many commands work at once, over all connections. */
  set concurrency(limit: number) {
    this.core.runner.slots.limit = limit
  }

  /** See `DeviceCore.replyOrder`. */
  set replyOrder(order: DeviceCore['replyOrder']) {
    this.core.replyOrder = order
  }

  /** How fast copies go, in bytes per second, and how often they tell how far they are, in milliseconds. */
  setCopySpeed(bytesPerSecond: number, tellMs = 1000): void {
    Object.assign(this.state.copies, { bytesPerSecond, tellMs })
  }

  get switches(): DeviceSwitches {
    return this.state.switches
  }

  /** Changes some switches from now on. */
  setSwitches(change: Partial<DeviceSwitches>): void {
    this.state.setSwitches(change)
  }

  /** Who may log in from now on; open sessions keep their rights. */
  setUsers(users: readonly DeviceUser[]): void {
    this.state.users.replace(users)
  }

  /** What the device tells of itself: identity, version, packages, health, clock. */
  get system(): HardwareState {
    return this.state.system
  }

  /** Readings of `/system/health` that are added or, with `undefined`, taken away. */
  setHealth(readings: Readonly<Record<string, HealthReading | undefined>>): void {
    const health = new Map(this.system.health)
    for (const [name, reading] of Object.entries(readings)) {
      if (reading === undefined) health.delete(name)
      else health.set(name, reading)
    }
    this.system.health = health
  }

  /** Values of `monitor-traffic` that are read instead of those counted, by name; of the pool, or of a disk. */
  setTraffic(values: Readonly<Record<string, string>>, slot?: string): void {
    const meter = slot === undefined ? this.state.traffic : this.state.disks.bySlot(slot)?.traffic
    if (meter === undefined) throw new Error(`the device has no disk ${slot}`)
    meter.overrides = values
  }

  /** Lets foreign data fill the pool until `free` bytes are left; without an argument that data is gone again. */
  fillPool(free?: number): void {
    this.state.pool.fill(free)
  }

  /** Mounts or unmounts the pool; see the switch `poolAfterRestart`. */
  mountPool(mounted = true): void {
    this.state.mountPool(mounted)
  }

  /** A member of the pool's array has failed. The text of `state` is a guess. */
  degradeRaid(member = 0): void {
    this.#setRaid('clean, degraded', member, 'faulty')
  }

  /** The array is being brought in line again (form of the text: a script of another driver). */
  resyncRaid(percent: number, member = 0): void {
    this.#setRaid(`clean, sync:repair, resync = ${percent.toFixed(1)}%`, member, 'spare_rebuilding')
  }

  /** The array is well again. */
  repairRaid(member = 0): void {
    this.#setRaid('clean', member, 'in_sync')
  }

  /** Makes one more btrfs known, for labels that are there twice; it holds nothing. */
  addFilesystem(label: string, uuid: string): void {
    this.state.btrfs.others.push({ label, uuid })
  }

  /** Cleans up removed subvolumes now; otherwise that takes a moment. */
  buryDead(): void {
    this.state.subvolumes.bury()
  }

  /** Does a command at once, past wire, log, latency and faults. Answers its `ret`; throws a `Trap` for a refusal. */
  perform(path: string, args: Readonly<Record<string, string>> = {}): string | undefined {
    const command = { path, args: new Map(Object.entries(args)), queries: [], service: 'api' } as const
    const outcome = this.core.runner.perform(command)
    return 'ret' in outcome ? outcome.ret : undefined
  }

  /** The rows that a menu prints, `/disk/btrfs/subvolume`, past wire, log, latency and faults. */
  print(menu: string, args: Readonly<Record<string, string>> = {}): PlainRow[] {
    const command = { path: `${menu}/print`, args: new Map(Object.entries(args)), queries: [], service: 'api' } as const
    const outcome = this.core.runner.perform(command)
    return 'rows' in outcome ? outcome.rows.map(row => Object.fromEntries(row)) : []
  }

  #setRaid(state: string, member: number, health: Parameters<typeof setMember>[2]): void {
    this.state.pool.raid = { ...this.state.pool.raid, state }
    setMember(this.state, member, health)
    this.state.changes.announce()
  }
}
