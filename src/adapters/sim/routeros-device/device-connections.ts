import type { DeviceServer } from './device-server.ts'

/** Everything that listens for commands: what can be done to its connections. */
export class DeviceConnections {
  readonly #servers: readonly DeviceServer[]

  constructor(servers: readonly DeviceServer[]) {
    this.#servers = servers
  }

  /** How many connections are open. */
  get sessions(): number {
    return this.#servers.reduce((sum, server) => sum + server.sessions, 0)
  }

  /** Drops every connection now. */
  drop(how: 'end' | 'reset'): void {
    for (const server of this.#servers) server.drop(how)
  }

  /** Forgets every connection: it stays open and is never answered again. */
  forget(): void {
    for (const server of this.#servers) server.forget()
  }

  /** Refuses new connections (nothing listens), or takes them again. */
  async refuse(refuse: boolean): Promise<void> {
    if (!refuse) return this.resume()
    for (const server of this.#servers) server.pause()
  }

  /** Takes new connections and never answers on them, or serves new ones again. */
  ignore(ignore: boolean): void {
    for (const server of this.#servers) server.ignoreNew = ignore
  }

  async resume(): Promise<void> {
    await Promise.all(this.#servers.map(server => server.resume()))
  }

  async die(): Promise<void> {
    await Promise.all(this.#servers.map(server => server.die()))
  }
}
