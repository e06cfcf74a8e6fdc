import type { BlockPorts } from '../blocks/block-ports.ts'
import { DeviceConnections } from './device-connections.ts'
import type { DeviceCore } from './device-core.ts'
import type { DeviceServer } from './device-server.ts'
import { DeviceTroubles } from './device-troubles.ts'
import type { StateFile } from './memory/state-file.ts'

export type { PlainRow } from './device-view.ts'

/** An address that a device listens on. */
export interface DeviceAddress {
  readonly host: string
  readonly port: number
}

/** What serves commands. */
export type ServiceName = 'api' | 'apiTls' | 'rest' | 'restPlain' | 'ssh'

/** The servers of a device; those that it was not asked for are absent. */
export interface DeviceServers {
  readonly commands: ReadonlyMap<ServiceName, DeviceServer>
  readonly blocks: BlockPorts | undefined
}

/** Where a device listens. */
export type DeviceAddresses = Readonly<Partial<Record<ServiceName | 'blocks', DeviceAddress>>>

/** What a device is made of besides its model. */
export interface DeviceParts {
  readonly servers: DeviceServers
  /** Where its state is kept; absent: nowhere. */
  readonly file: StateFile | undefined
  readonly certificate: RunningDevice['certificate']
  readonly hostKey: RunningDevice['hostKey']
  onStop(): Promise<void>
}

/** A simulated device that runs in this process: what it holds, what was asked of it, and everything that can go wrong. */
export class RunningDevice extends DeviceTroubles {
  /** The certificate of `apiTls` and `rest` as PEM, and its SHA-256 fingerprint; absent without TLS. */
  readonly certificate: { readonly cert: string; readonly fingerprint: string } | undefined
  /** The first SSH host key: `SHA256:…`, and its line for `known_hosts` without the address; absent without SSH. */
  readonly hostKey: { readonly fingerprint: string; readonly publicKey: string } | undefined
  readonly #servers: DeviceServers
  readonly #connections: DeviceConnections
  readonly #file: StateFile | undefined
  readonly #onStop: () => Promise<void>
  #alive = true

  constructor(core: DeviceCore, parts: DeviceParts) {
    super(core)
    this.certificate = parts.certificate
    this.hostKey = parts.hostKey
    this.#servers = parts.servers
    this.#connections = new DeviceConnections([...parts.servers.commands.values()])
    this.#file = parts.file
    this.#onStop = () => parts.onStop()
    core.runner.powerOff = () => void this.die()
    this.#file?.follow()
    this.#followExports()
  }

  /** Where it listens; the same after `restart`. */
  get addresses(): DeviceAddresses {
    const { commands, blocks } = this.#servers
    const listening = [...commands, ...(blocks === undefined ? [] : ([['blocks', blocks]] as const))]
    return Object.fromEntries(listening.map(([name, { host, port }]) => [name, { host, port }]))
  }

  /** How many API connections are open. */
  get apiSessions(): number {
    const { commands } = this.#servers
    return (commands.get('api')?.sessions ?? 0) + (commands.get('apiTls')?.sessions ?? 0)
  }

  /** How many REST connections are open. */
  get restSessions(): number {
    const { commands } = this.#servers
    return (commands.get('rest')?.sessions ?? 0) + (commands.get('restPlain')?.sessions ?? 0)
  }

  /** How many SSH connections are open. */
  get sshSessions(): number {
    return this.#servers.commands.get('ssh')?.sessions ?? 0
  }

  /** Turns REST off (`rest-plain` and `rest-secure`) or on; it goes on listening. */
  enableRest(enabled: boolean): void {
    for (const server of this.#servers.commands.values()) if (server.enabled !== undefined) server.enabled = enabled
  }

  /** How many connections of all services are open. */
  get sessions(): number {
    return this.#connections.sessions
  }

  /** How many connections to the block ports are open. */
  get blockSessions(): number {
    return this.#servers.blocks?.connections ?? 0
  }

  /** Drops every connection now, by FIN or RST; commands that wait take effect or not by the switch `vanishedClient`. */
  dropConnections(how: 'end' | 'reset' = 'end'): void {
    this.#connections.drop(how)
  }

  /** Forgets every connection: it stays open and is never answered again. */
  forgetConnections(): void {
    this.#connections.forget()
  }

  /** Refuses new connections (nothing listens), or takes them again. */
  async refuseConnections(refuse: boolean): Promise<void> {
    await this.#connections.refuse(refuse)
  }

  /** Takes new connections and never answers on them, or serves new ones again. */
  ignoreConnections(ignore: boolean): void {
    this.#connections.ignore(ignore)
  }

  /** Power lost: everything closes at once; commands that had no effect yet have none. */
  async die(): Promise<void> {
    this.#alive = false
    this.core.powerOff()
    await Promise.all([this.#connections.die(), this.#servers.blocks?.die()])
  }

  /** Power back: the same state on the same ports, exports begun anew. Nothing when it is alive. */
  async restart(): Promise<void> {
    if (this.#alive) return
    this.#alive = true
    this.core.powerOn()
    await Promise.all([this.#connections.resume(), this.#servers.blocks?.listen()])
    this.#followExports()
  }

  /** Saves its state in its data folder, as happens by itself a moment after each change. Rejects without such a folder. */
  async save(): Promise<void> {
    if (this.#file === undefined) throw new Error('the device has no data folder to be saved in')
    await this.#file.save()
  }

  /** Ends it for good, saves its state and removes what it made for itself. A second call does nothing more. */
  async stop(): Promise<void> {
    if (this.#alive) await this.die()
    await this.#file?.close()
    await this.#onStop()
  }

  /** Block ports listen on what is exported, as long as there is power. */
  #followExports(): void {
    const { blocks } = this.#servers
    const { power, state } = this.core
    const follow = async (): Promise<void> => {
      for (;;) {
        await blocks?.serve(state.disks.ports())
        await state.changes.next(power)
      }
    }
    if (blocks !== undefined) void follow().catch(() => undefined)
  }
}
