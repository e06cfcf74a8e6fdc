import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { Client, credentials, type MethodDefinition, type ServiceError, status } from '@grpc/grpc-js'
import { Identity } from '../adapters/csi/gen/csi/v1/csi_pb.ts'
import { serviceDefinition } from '../adapters/csi/service-definition.ts'
import { type Patience, until } from './waiting.ts'

/** What the sidecars and kubelet give a call, in milliseconds. */
const CALL_LIMIT = 15_000
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 20, 'grpc.max_reconnect_backoff_ms': 200 }

/** The answer of a CSI call that failed. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  /** By its name in gRPC, such as `FAILED_PRECONDITION`. */
  readonly code: string
  /** What the driver said. */
  readonly details: string

  constructor(method: string, { code, details }: ServiceError) {
    super(`${method}: ${status[code]}: ${details}`)
    this.code = status[code]
    this.details = details
  }
}

/** A CSI socket, called as sidecars and kubelet call it. */
export class CsiClient {
  readonly #client: Client

  constructor(socket: string) {
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure(), RECONNECT)
  }

  /** Calls one method, such as `Controller.method.createVolume`. Throws CallFailed. */
  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    limit = CALL_LIMIT,
  ): Promise<MessageShape<O>> {
    const { path, requestSerialize, responseDeserialize } = definitionOf(method)
    const options = { deadline: Date.now() + limit }
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, answer) =>
        error === null ? resolve(answer as MessageShape<O>) : reject(new CallFailed(method.name, error)),
      )
    })
  }

  /** Resolves once Probe says that the driver is ready. */
  async ready(patience: Patience): Promise<void> {
    const probe = async () => (await this.call(Identity.method.probe, {})).ready !== false || undefined
    await until('Probe to say that the driver is ready', probe, patience)
  }

  /** Calls in flight fail. */
  close(): void {
    this.#client.close()
  }
}

function definitionOf(method: DescMethodUnary): MethodDefinition<unknown, unknown> {
  const definition = serviceDefinition(method.parent)[method.localName]
  if (definition === undefined) throw new Error(`${method.name} is no method of ${method.parent.typeName}`)
  return definition
}
