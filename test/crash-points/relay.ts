import { connect, createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** The network between one process and the appliance: it can be cut in an instant, as when the process dies. */
export class Relay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(port: number, onTraffic: () => void) {
    this.#server = createServer(inner => {
      onTraffic()
      if (this.#isCut) return void inner.destroy()
      const outer = connect({ host: '127.0.0.1', port, noDelay: true })
      inner.setNoDelay(true)
      this.#carry(inner, outer, onTraffic)
      this.#carry(outer, inner, onTraffic)
    })
  }

  /** `onTraffic` is called for everything that passes, connections and their ends included. */
  static async to(port: number, onTraffic: () => void): Promise<Relay> {
    const relay = new Relay(port, onTraffic)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    relay.#server.once('error', reject).listen({ host: '127.0.0.1', port: 0 }, resolve)
    await promise
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on nothing passes, what is on its way included. */
  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #carry(from: Socket, to: Socket, onTraffic: () => void): void {
    this.#sockets.add(from)
    from.on('data', chunk => {
      onTraffic()
      if (!this.#isCut) to.write(chunk)
    })
    from.once('connect', onTraffic)
    from.on('error', () => to.destroy())
    from.once('end', () => to.end())
    from.once('close', () => {
      onTraffic()
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
