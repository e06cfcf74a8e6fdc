import type { DispatcherOptions } from '@kubernetes/client-node'
import { Agent, type buildConnector, type Dispatcher, ProxyAgent } from 'undici'
import { StorageError } from '../../domain/errors.ts'

const CONNECT_LIMIT = 10_000

/**
 * The one pool of connections to the API server. (The library would open a new one for each request.) It is made anew only
 * where trust, client certificate or proxy have changed; what still runs on the old one ends in peace.
 */
export class ConnectionPool {
  #current: { readonly key: string; readonly dispatcher: Dispatcher } | undefined

  dispatcher(options: DispatcherOptions): Dispatcher {
    const key = JSON.stringify(options)
    if (this.#current?.key === key) return this.#current.dispatcher
    this.#current?.dispatcher.close().catch(() => undefined)
    this.#current = { key, dispatcher: dispatcherFor(options) }
    return this.#current.dispatcher
  }

  /** Ends all connections, with whatever runs on them. */
  async close(): Promise<void> {
    await this.#current?.dispatcher.destroy()
  }
}

function dispatcherFor(options: DispatcherOptions): Dispatcher {
  switch (options.type) {
    case 'none':
      return new Agent({ connect: { timeout: CONNECT_LIMIT } })
    case 'agent':
      return new Agent({ connect: { ...(options.connect as buildConnector.BuildOptions), timeout: CONNECT_LIMIT } })
    case 'proxy':
      return new ProxyAgent({ uri: options.uri, requestTls: options.requestTls as buildConnector.BuildOptions })
    case 'socks':
      throw new StorageError('unsupported', 'the API server cannot be reached through a SOCKS proxy; use an HTTP proxy')
  }
}
