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

  async call<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O>> {
    const { responseDeserialize } = definitionOf(method)
    return responseDeserialize(await this.bytes(method, request)) as MessageShape<O>
  }

  /** As `call`, with the answer as it came. */
  bytes<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
  ): Promise<Buffer> {
    const { path, requestSerialize } = definitionOf(method)
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
    const options = { deadline: Date.now() + CALL_LIMIT }
    const asItCame = (bytes: Buffer): Buffer => bytes
    this.#client.makeUnaryRequest(path, requestSerialize, asItCame, request, options, (error, answer) =>
      error === null && answer !== undefined ? resolve(answer) : reject(error ?? new Error(`${path} answered nothing`)),
    )
    return promise
  }

  close(): void {
    this.#client.close()
  }
}

function definitionOf(method: DescMethodUnary) {
  const path = methodPath(method)
  const definition = definitions.get(path)
  if (definition === undefined) throw new Error(`${path} is not called here`)
  return definition
}
