import type { BlockExports } from './block-exports.ts'
import { BlockServer } from './block-server.ts'

/** Where block ports listen. */
export interface BlockAddress {
  readonly host: string
  /** The port that always listens; 0 takes a free one. */
  readonly port: number
  /** Ports that listen while something is exported on them, as one NVMe/TCP port of a target does. */
  readonly range?: { readonly first: number; readonly last: number }
}

/** The block ports of a target: one that always listens, and those of a range that exports ask for. */
export class BlockPorts {
  readonly #exports: BlockExports
  readonly #at: BlockAddress
  readonly #main: BlockServer
  readonly #others = new Map<number, BlockServer>()

  constructor(exports: BlockExports, at: BlockAddress) {
    this.#exports = exports
    this.#at = at
    this.#main = new BlockServer(exports)
  }

  get host(): string {
    return this.#at.host
  }

  /** The port that always listens. */
  get port(): number {
    return this.#main.port
  }

  /** How many connections are open now, on all ports. */
  get connections(): number {
    return [this.#main, ...this.#others.values()].reduce((sum, server) => sum + server.connections, 0)
  }

  /** Listens, on the same port as before when it did. */
  async listen(): Promise<void> {
    await this.#main.listen(this.#at.host, this.#main.port === 0 ? this.#at.port : this.#main.port)
  }

  /**
   * Listens on these ports, as far as they are in the range, and no longer on others. A port that somebody else has is
   * left out: nobody can be reached there.
   */
  async serve(ports: ReadonlySet<number>): Promise<void> {
    const { first, last } = this.#at.range ?? { first: 1, last: 0 }
    const gone = [...this.#others].filter(([port]) => !ports.has(port))
    for (const [port] of gone) this.#others.delete(port)
    const wanted = [...ports].filter(port => port >= first && port <= last && port !== this.port)
    const begun = wanted.filter(port => !this.#others.has(port))
    await Promise.all([...gone.map(([, server]) => server.die()), ...begun.map(port => this.#open(port))])
  }

  /** Stops listening and cuts every session at once. */
  async die(): Promise<void> {
    const others = [...this.#others.values()]
    this.#others.clear()
    await Promise.all([this.#main, ...others].map(server => server.die()))
  }

  async #open(port: number): Promise<void> {
    const server = new BlockServer(this.#exports)
    this.#others.set(port, server)
    try {
      await server.listen(this.#at.host, port)
    } catch {
      if (this.#others.get(port) === server) this.#others.delete(port)
      return
    }
    // It may have been given up while it began.
    if (this.#others.get(port) !== server) await server.die()
  }
}
