import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { Client, credentials } from '@grpc/grpc-js'
import { Controller, Identity } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { methodPath, serviceDefinition } from '../../src/adapters/csi/service-definition.ts'

const CALL_LIMIT = 30_000

const definitions = new Map(
  [Identity, Controller]
    .flatMap(service => Object.values(serviceDefinition(service)))
    .map(definition => [definition.path, definition] as const),
)

/** A CSI socket, called as a sidecar calls it. */
export class CsiClient {
  readonly #client: Client

  constructor(socket: string) {
    this.#client = new Client(`unix://${socket}`, credentials.createInsecure())
  }

  call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    const path = methodPath(method)
    const definition = definitions.get(path)
    if (definition === undefined) throw new Error(`${path} is not called here`)
    const { requestSerialize, responseDeserialize } = definition
    const { promise, resolve, reject } = Promise.withResolvers<MessageShape<O>>()
    const options = { deadline: Date.now() + CALL_LIMIT }
    this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, answer) =>
      error === null ? resolve(answer as MessageShape<O>) : reject(error),
    )
    return promise
  }

  close(): void {
    this.#client.close()
  }
}
