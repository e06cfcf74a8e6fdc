/** One service of a device: what can be done with it and to it. */
export interface DeviceServer {
  /** True: new connections are taken and never answered. */
  ignoreNew: boolean
  /** Of a service that can be turned off while it listens: false, and every request is told so. */
  enabled?: boolean
  /** The address that it listens on. */
  readonly host: string
  /** The port that it listens on, or will again. */
  readonly port: number
  /** How many sessions are open. */
  readonly sessions: number
  /** Listens; port 0 takes any free one, which it keeps for ever after. Rejects when it can't. */
  listen(host: string, port: number): Promise<void>
  /** Listens again where it did before; nothing while it still does. */
  resume(): Promise<void>
  /** New connections are refused from now on; those that live go on. */
  pause(): void
  /** Drops every connection, logged in or not, by FIN or by RST. */
  drop(how: 'end' | 'reset'): void
  /** Makes every session half-open: it stays open and is never answered again. */
  forget(): void
  /** Stops listening and drops everything; resolves when the port is free. */
  die(): Promise<void>
}

/** What every service is told. */
export interface ServerOptions {
  /** `/ip/service max-sessions`: 20 (manual), counted per service. */
  readonly maxSessions: number
}

/** What proves the device to its clients over TLS, as PEM. */
export interface ServerCertificate {
  readonly key: string
  readonly cert: string
}
