import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { Client, type ClientUnaryCall, credentials, type ServiceError } from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import { type CsiServerSettings, CsiServer } from '../../../src/adapters/csi/server.ts'
import { codeName } from '../../../src/adapters/csi/status.ts'
import { serviceDefinition } from '../../../src/adapters/csi/service-definition.ts'
import { instant } from '../../../src/domain/ids.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { LogFields, Logger } from '../../../src/ports/logger.ts'
import type { Observation } from '../../../src/ports/telemetry.ts'

export interface Line {
  readonly level: keyof Logger
  readonly message: string
  readonly fields: LogFields
}

/** Everything that was logged and observed, and a clock that moves 5 ms each time it is asked. */
export class Observers {
  readonly lines: Line[] = []
  readonly observations: Observation[] = []
  readonly logger: Logger = {
    debug: (message, fields = {}) => this.#note('debug', message, fields),
    info: (message, fields = {}) => this.#note('info', message, fields),
    warn: (message, fields = {}) => this.#note('warn', message, fields),
    error: (message, fields = {}) => this.#note('error', message, fields),
  }
  readonly telemetry = { observe: (observation: Observation) => void this.observations.push(observation) }
  readonly clock: Clock
  #ms = 0

  constructor() {
    this.clock = {
      now: () => instant(this.#ms),
      monotonic: () => (this.#ms += 5),
      sleep: () => Promise.reject(new Error('nothing here sleeps')),
    }
  }

  /** The lines that end a call. */
  get calls(): readonly Line[] {
    return this.lines.filter(line => line.message === 'CSI call')
  }

  #note(level: keyof Logger, message: string, fields: LogFields): void {
    this.lines.push({ level, message, fields })
  }
}

/** A directory of its own for one test. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'csi-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export interface Rig {
  readonly server: CsiServer
  readonly observers: Observers
  readonly path: string
  readonly client: Client
}

/** A server on a socket of its own and a client that talks to it. */
export async function startRig(
  add: (server: CsiServer) => CsiServer,
  settings: Partial<CsiServerSettings> = {},
): Promise<Rig> {
  const observers = new Observers()
  const path = join(scratchDirectory(), 'csi.sock')
  const server = add(new CsiServer(observers, settings))
  await server.listen(`unix://${path}`)
  onTestFinished(async () => void (await server.drain(0)))
  return { server, observers, path, client: clientOf(path) }
}

export function clientOf(path: string): Client {
  // Where the socket is gone a client would try again more and more slowly; a test wants to know at once.
  const client = new Client(`unix:${path}`, credentials.createInsecure(), { 'grpc.initial_reconnect_backoff_ms': 100 })
  onTestFinished(() => client.close())
  return client
}

export interface CallOptions {
  readonly deadlineMs?: number
  /** Gets the running call, to cancel it. */
  readonly started?: (call: ClientUnaryCall) => void
}

export type Outcome<O extends DescMessage> =
  | { readonly code: 'OK'; readonly response: MessageShape<O> }
  | { readonly code: string; readonly details: string; readonly response?: undefined }

/** One unary call; resolves with its outcome, whatever it is. */
export function call<I extends DescMessage, O extends DescMessage>(
  client: Client,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  { deadlineMs = 5000, started }: CallOptions = {},
): Promise<Outcome<O>> {
  const definition = serviceDefinition(method.parent)[method.localName]!
  return new Promise(resolve => {
    const { path, requestSerialize, responseDeserialize } = definition
    const options = deadlineMs === Infinity ? {} : { deadline: Date.now() + deadlineMs }
    const done = (error: ServiceError | null, response?: MessageShape<O>): void =>
      resolve(
        error === null ? { code: 'OK', response: response! } : { code: codeName(error.code), details: error.details },
      )
    const running = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, done)
    started?.(running)
  })
}
