import { create, type DescMethod, type DescService, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'

type Initializer = Record<string, unknown>

/** The path under which gRPC calls a method, such as `/csi.v1.Identity/Probe`. */
export const methodPath = (method: DescMethod): string => `/${method.parent.typeName}/${method.name}`

/**
 * What grpc-js needs to know about a generated service, for servers and clients alike, keyed by the method's camel-case
 * name. Requests and responses may be given as message or as plain initializer.
 */
export function serviceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(service.methods.map(method => [method.localName, methodDefinition(method)]))
}

function methodDefinition(method: DescMethod): MethodDefinition<unknown, unknown> {
  const { input, output, methodKind } = method
  return {
    path: methodPath(method),
    originalName: method.localName,
    requestStream: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    responseStream: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
    requestSerialize: value => asBuffer(toBinary(input, create(input, value as Initializer))),
    requestDeserialize: bytes => fromBinary(input, bytes),
    responseSerialize: value => asBuffer(toBinary(output, create(output, value as Initializer))),
    responseDeserialize: bytes => fromBinary(output, bytes),
  }
}

/** The same memory, not a copy. */
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
