import type { DescMessage, DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import {
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { Millis } from '../../domain/ids.ts'
import type { Logger } from '../../ports/logger.ts'
import { CallSignal } from './call-signal.ts'
import type { InFlightCalls } from './in-flight-calls.ts'
import { type CallStatus, toStatus } from './status.ts'

export interface CallContext {
  /** Aborts when the deadline passes, the caller hangs up, or the driver has to stop. Never after the answer. */
  readonly signal: AbortSignal
}

/** Answers one request. A rejection becomes the status of the call (see `toStatus`). */
export type UnaryHandler<I extends DescMessage, O extends DescMessage> = (
  request: MessageShape<I>,
  call: CallContext,
) => Promise<MessageInitShape<O>>

/** Handlers of a generated service by method name; a method without one answers UNIMPLEMENTED. */
export type UnaryHandlers<S extends DescService> = {
  readonly [M in keyof S['method']]?: S['method'][M] extends {
    methodKind: 'unary'
    input: infer I extends DescMessage
    output: infer O extends DescMessage
  }
    ? UnaryHandler<I, O>
    : never
}

export interface UnaryOptions {
  /** For calls that come without a deadline. */
  readonly defaultDeadline: Millis
  readonly inFlight: InFlightCalls
  /** Told the stack of each fault of ours (INTERNAL); the caller only gets its message. */
  readonly logger: Logger
}

const DEEPEST_CAUSE = 5

type AnyHandler = (request: unknown, call: CallContext) => Promise<unknown>
type UnaryCall = ServerUnaryCall<unknown, unknown>
type Answer = { readonly response: unknown } | { readonly status: CallStatus }

/** The handlers of a service in the form that grpc-js takes. */
export function unaryImplementation<S extends DescService>(
  service: S,
  handlers: UnaryHandlers<S>,
  options: UnaryOptions,
): UntypedServiceImplementation {
  const byName = handlers as Readonly<Record<string, AnyHandler | undefined>>
  const wrap = ({ localName }: DescMethod): readonly [string, handleUnaryCall<unknown, unknown>][] => {
    const handler = byName[localName]
    return handler === undefined ? [] : [[localName, unary(handler, options)]]
  }
  return Object.fromEntries(service.methods.flatMap(wrap))
}

function unary(handler: AnyHandler, options: UnaryOptions): handleUnaryCall<unknown, unknown> {
  const respond = async (call: UnaryCall, callback: sendUnaryData<unknown>): Promise<void> => {
    const end = await answer(handler, call, options)
    if ('status' in end) callback(end.status)
    else callback(null, end.response)
  }
  // grpc-js ignores what a handler returns, so nothing may reject: the process would end and the caller wait for ever.
  return (call, callback) => void respond(call, callback)
}

/** Never rejects. */
async function answer(handler: AnyHandler, call: UnaryCall, options: UnaryOptions): Promise<Answer> {
  const running = new CallSignal(call, options.defaultDeadline)
  try {
    options.inFlight.enter(running)
    return { response: await handler(call.request, { signal: running.signal }) }
  } catch (error) {
    const end = toStatus(error, running.signal)
    if (end.code === status.INTERNAL) options.logger.error('fault', { method: call.getPath(), stacks: stacks(error) })
    return { status: end }
  } finally {
    running.end()
    options.inFlight.leave(running)
  }
}

/** Where an error comes from, its causes after it. Nothing else of it: other properties might hold a request. */
function stacks(error: unknown): readonly string[] {
  const found: string[] = []
  for (let at = error; at instanceof Error && found.length < DEEPEST_CAUSE; at = at.cause) found.push(at.stack ?? '')
  return found
}
