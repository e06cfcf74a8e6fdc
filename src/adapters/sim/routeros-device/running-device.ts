import type { BlockExport } from '../blocks/block-exports.ts'
import type { BlockServer } from '../blocks/block-server.ts'
import type { ApiServer } from './api-server.ts'
import type { LoggedCommand } from './command-log.ts'
import type { DeviceCore } from './device-core.ts'
import { fileDiskRow } from './disk-rows.ts'
import type { Faults } from './faults.ts'
import { listFiles } from './file-rows.ts'
import type { DeviceSwitches } from './switches.ts'

/** An address that a device listens on. */
export interface DeviceAddress {
  readonly host: string
  readonly port: number
}

/** The servers of a device; those that it was not asked for are absent. */
export interface DeviceServers {
  readonly api: ApiServer | undefined
  readonly apiTls: ApiServer | undefined
  readonly blocks: { readonly server: BlockServer; readonly host: string } | undefined
}

/** A row as a plain object, `undefined` for a property that it has not. */
export type PlainRow = Readonly<Record<string, string | undefined>>

/** A simulated device that runs in this process: what it holds, what was asked of it, and everything that can go wrong. */
export class RunningDevice {
  /** The certificate of `apiTls` as PEM, and its SHA-256 fingerprint; absent without TLS. */
  readonly certificate: { readonly cert: string; readonly fingerprint: string } | undefined
  readonly #core: DeviceCore
  readonly #servers: DeviceServers
  readonly #onStop: () => Promise<void>
  #alive = true

  constructor(
    core: DeviceCore,
    servers: DeviceServers,
    rest: { certificate: RunningDevice['certificate']; onStop: () => Promise<void> },
  ) {
    this.#core = core
    this.#servers = servers
    this.certificate = rest.certificate
    this.#onStop = rest.onStop
  }

  /** Where it listens; the same after `restart`. */
  get addresses(): { readonly api?: DeviceAddress; readonly apiTls?: DeviceAddress; readonly blocks?: DeviceAddress } {
    const { api, apiTls, blocks } = this.#servers
    return {
      ...(api && { api: { host: api.host, port: api.port } }),
      ...(apiTls && { apiTls: { host: apiTls.host, port: apiTls.port } }),
      ...(blocks && { blocks: { host: blocks.host, port: blocks.server.port } }),
    }
  }

  /** Commands in the order of their arrival, logins included; the newest 20,000. */
  get commands(): readonly LoggedCommand[] {
    return this.#core.log.entries
  }

  clearCommands(): void {
    this.#core.log.clear()
  }

  /** Faults of single commands. */
  get faults(): Faults {
    return this.#core.runner.faults
  }

  /** How long each command takes, in milliseconds; `login` too. */
  get latencyMs(): number {
    return this.#core.runner.latencyMs
  }

  set latencyMs(ms: number) {
    this.#core.runner.latencyMs = ms
  }

  /** How many commands work at once, over all connections. */
  set concurrency(limit: number) {
    this.#core.runner.slots.limit = limit
  }

  get switches(): DeviceSwitches {
    return this.#core.state.switches
  }

  /** Changes some switches from now on. */
  setSwitches(change: Partial<DeviceSwitches>): void {
    this.#core.state.setSwitches(change)
  }

  /** All properties of the file disks, with their `nvme-tcp-server-*` whether exported or not. */
  disks(): PlainRow[] {
    const switches = { ...this.switches, exportPropsShownWhenOff: true }
    return this.#core.state.disks.list().map(disk => Object.fromEntries(fileDiskRow(disk, switches)))
  }

  disk(slot: string): PlainRow | undefined {
    return this.disks().find(row => row['slot'] === slot)
  }

  /** All entries of `/file`, at any depth. */
  files(): PlainRow[] {
    return listFiles(this.#core.state, new Map([['recursive', 'yes']])).map(row => Object.fromEntries(row))
  }

  file(name: string): PlainRow | undefined {
    return this.files().find(row => row['name'] === name)
  }

  /** Bytes free in the pool. */
  get free(): number {
    return this.#core.state.pool.free
  }

  /** Lets foreign data fill the pool until `free` bytes are left; without an argument that data is gone again. */
  fillPool(free?: number): void {
    this.#core.state.pool.fill(free)
  }

  /** Mounts or unmounts the pool; see the switch `poolAfterRestart`. */
  mountPool(mounted = true): void {
    this.#core.state.mountPool(mounted)
  }

  /** Does a command at once, past wire, log, latency and faults. Answers its `ret`; throws a `Trap` for a refusal. */
  perform(path: string, args: Readonly<Record<string, string>> = {}): string | undefined {
    const outcome = this.#core.runner.perform({ path, args: new Map(Object.entries(args)), queries: [] })
    return 'rows' in outcome ? undefined : outcome.ret
  }

  /** The export that this host gets under this NQN, as a block session would; `undefined` where it is not let in. */
  exportTo(hostNqn: string, nqn: string, port: number): BlockExport | undefined {
    const found = this.#core.state.disks.open(nqn, hostNqn, port)
    return typeof found === 'string' ? undefined : found
  }

  /** How many API connections are open. */
  get apiSessions(): number {
    return this.#apis().reduce((sum, api) => sum + api.sessions, 0)
  }

  /** How many connections to the block port are open. */
  get blockSessions(): number {
    return this.#servers.blocks?.server.connections ?? 0
  }

  /** Drops every API connection now, by FIN or RST; commands that wait take effect or not by the switch `vanishedClient`. */
  dropConnections(how: 'end' | 'reset' = 'end'): void {
    for (const api of this.#apis()) api.drop(how)
  }

  /** Forgets every API connection: it stays open and is never answered again. */
  forgetConnections(): void {
    for (const api of this.#apis()) api.forget()
  }

  /** Refuses new API connections (nothing listens), or takes them again. */
  async refuseConnections(refuse: boolean): Promise<void> {
    if (refuse) for (const api of this.#apis()) api.pause()
    else await Promise.all(this.#apis().map(api => api.resume()))
  }

  /** Takes new API connections and never answers on them, or serves new ones again. */
  ignoreConnections(ignore: boolean): void {
    for (const api of this.#apis()) api.ignoreNew = ignore
  }

  /** Power lost: everything closes at once; commands that had no effect yet have none. */
  async die(): Promise<void> {
    this.#alive = false
    this.#core.powerOff()
    const { blocks } = this.#servers
    await Promise.all([...this.#apis().map(api => api.die()), blocks?.server.die()])
  }

  /** Power back: the same state on the same ports, exports begun anew. Nothing when it is alive. */
  async restart(): Promise<void> {
    if (this.#alive) return
    this.#alive = true
    this.#core.powerOn()
    const { blocks } = this.#servers
    await Promise.all([...this.#apis().map(api => api.resume()), blocks?.server.listen(blocks.host, 0)])
  }

  /** Ends it for good and removes what it made for itself. A second call does nothing more. */
  async stop(): Promise<void> {
    if (this.#alive) await this.die()
    await this.#onStop()
  }

  #apis(): ApiServer[] {
    const { api, apiTls } = this.#servers
    return [api, apiTls].filter(server => server !== undefined)
  }
}
