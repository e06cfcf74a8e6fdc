import type { Server } from 'node:net'

/** The port that a service listens on: it can stop listening, and listen again on the same one. */
export class ListeningPort {
  readonly #create: () => Server
  #server: Server | undefined
  #host = ''
  #port = 0

  /** `create` makes the server anew each time that it begins to listen. */
  constructor(create: () => Server) {
    this.#create = create
  }

  /** The address that it listens on. */
  get host(): string {
    return this.#host
  }

  /** The port that it listens on, or will again. */
  get port(): number {
    return this.#port
  }

  /** Listens; port 0 takes any free one, which it keeps for ever after. Rejects when it can't. */
  async listen(host: string, port: number): Promise<void> {
    const server = this.#create()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
    server.on('error', () => undefined)
    const address = server.address()
    this.#server = server
    this.#host = host
    if (typeof address === 'object' && address !== null) this.#port = address.port
  }

  /** Listens again where it did before; nothing while it still does. */
  async resume(): Promise<void> {
    if (this.#server === undefined) await this.listen(this.#host, this.#port)
  }

  /** New connections are refused from now on; those that live go on. */
  pause(): void {
    this.#server?.close()
    this.#server = undefined
  }

  /** Stops listening, has the connections dropped, and resolves when the port is free. */
  async die(dropAll: () => void): Promise<void> {
    const server = this.#server
    this.#server = undefined
    dropAll()
    if (server !== undefined) await new Promise<void>(resolve => server.close(() => resolve()))
  }
}
