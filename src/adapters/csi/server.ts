import type { DescService } from '@bufbuild/protobuf'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { Millis } from '../../domain/ids.ts'
import { callLog } from './call-log.ts'
import type { CallObservers } from './call-record.ts'
import { file_csi_v1_csi } from './gen/csi/v1/csi_pb.ts'
import { InFlightCalls } from './in-flight-calls.ts'
import { serviceDefinition } from './service-definition.ts'
import { bindSocketFile, type SocketFile, socketPath } from './socket-file.ts'
import { type UnaryHandlers, unaryImplementation } from './unary.ts'

export interface CsiServerSettings {
  /** For calls that come without a deadline; sidecars and kubelet always send one. */
  readonly defaultDeadline: Millis
  /** A larger request is refused with RESOURCE_EXHAUSTED before any handler sees it. */
  readonly maxRequestBytes: number
  /** Permissions of the socket file. */
  readonly socketMode: number
}

const DEFAULTS: CsiServerSettings = { defaultDeadline: 60_000, maxRequestBytes: 4 << 20, socketMode: 0o660 }

/** `forced`: the limit passed before all calls had ended. */
export type DrainOutcome = 'drained' | 'forced'

/** The CSI services on a Unix socket. `add` what is served, `listen` once, `drain` at the end. */
export class CsiServer {
  readonly #grpc: Server
  readonly #observers: CallObservers
  readonly #settings: CsiServerSettings
  readonly #inFlight = new InFlightCalls()
  readonly #added = new Set<DescService>()
  #opening: Promise<SocketFile> | undefined
  #draining: Promise<DrainOutcome> | undefined

  constructor(observers: CallObservers, settings: Partial<CsiServerSettings> = {}) {
    this.#observers = observers
    this.#settings = { ...DEFAULTS, ...settings }
    this.#grpc = new Server({
      interceptors: [callLog(file_csi_v1_csi.services, observers)],
      'grpc.max_receive_message_length': this.#settings.maxRequestBytes,
    })
  }

  /** Serves a service; its methods without a handler answer UNIMPLEMENTED. */
  add<S extends DescService>(service: S, handlers: UnaryHandlers<S>): this {
    const { defaultDeadline } = this.#settings
    const options = { defaultDeadline, inFlight: this.#inFlight, logger: this.#observers.logger }
    this.#grpc.addService(serviceDefinition(service), unaryImplementation(service, handlers, options))
    this.#added.add(service)
    return this
  }

  /**
   * Opens the socket at `unix:///path` or `/path` and resolves with its path when calls are answered. The errors say what
   * is wrong with the endpoint (see `socketPath`, `bindSocketFile`); after one this server is of no more use.
   */
  async listen(endpoint: string): Promise<string> {
    const path = socketPath(endpoint)
    // A service that grpc-js does not know is refused past the interceptors: this way its calls are logged as well.
    for (const service of file_csi_v1_csi.services) if (!this.#added.has(service)) this.add(service, {})
    this.#opening = bindSocketFile(path, this.#settings.socketMode, name => this.#bind(name))
    try {
      await this.#opening
    } catch (error) {
      this.#grpc.forceShutdown()
      throw error
    }
    return path
  }

  /**
   * Takes the socket away, answers new calls UNAVAILABLE and waits for the running ones, those whose callers are gone
   * included. When `limit` has passed, it aborts their signals and cuts the connections. Later calls get the first one's
   * outcome.
   */
  drain(limit: Millis): Promise<DrainOutcome> {
    this.#draining ??= this.#drain(limit)
    return this.#draining
  }

  async #drain(limit: Millis): Promise<DrainOutcome> {
    const ended = Promise.all([this.#removeSocket(), this.#inFlight.close(), this.#shutdown()])
    const { promise: limitPassed, resolve } = Promise.withResolvers<DrainOutcome>()
    const timer = setTimeout(resolve, limit, 'forced')
    try {
      return await Promise.race([ended.then((): DrainOutcome => 'drained'), limitPassed])
    } finally {
      clearTimeout(timer)
      this.#inFlight.abort()
      this.#grpc.forceShutdown()
    }
  }

  /** A drain may begin while the socket is being opened: it is removed all the same. */
  async #removeSocket(): Promise<void> {
    const socket = await this.#opening?.catch(() => undefined)
    await socket?.remove()
  }

  #bind(name: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#grpc.bindAsync(`unix:${name}`, ServerCredentials.createInsecure(), error =>
      error === null ? resolve() : reject(error),
    )
    return promise
  }

  #shutdown(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#grpc.tryShutdown(error => (error === undefined ? resolve() : reject(error)))
    return promise
  }
}
