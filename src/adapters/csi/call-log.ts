import type { DescMethod, DescService, Message } from '@bufbuild/protobuf'
import {
  type ServerInterceptingCallInterface,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  type status,
} from '@grpc/grpc-js'
import { type CallObservers, CallRecord } from './call-record.ts'
import { hangUpCode } from './call-signal.ts'
import { methodPath } from './service-definition.ts'

/**
 * An interceptor that writes one line and observes once for each call of these services, when it ends: answered, refused
 * before any handler saw it, past its deadline, or left by its caller. At debug level a line at its start shows the
 * request, redacted.
 */
export function callLog(services: readonly DescService[], observers: CallObservers): ServerInterceptor {
  const methods = services.flatMap(service => service.methods)
  const inputs = new Map(methods.map((method: DescMethod) => [methodPath(method), method.input]))
  return ({ path }, call) => {
    const record = new CallRecord(path, inputs.get(path), observers)
    watchStatus(call, (code, details) => record.end(code, details))
    return new ServerInterceptingCall(call, { start: next => next(listener(call, record)) })
  }
}

function listener(call: ServerInterceptingCallInterface, record: CallRecord) {
  return new ServerListenerBuilder()
    .withOnReceiveMessage((message: Message, next) => {
      record.begin(message)
      next(message)
    })
    .withOnCancel(() => record.end(hangUpCode(call.getDeadline()), 'the caller hung up'))
    .build()
}

/**
 * grpc-js sends some statuses by itself (deadline passed, request too large or unreadable) and past every interceptor,
 * but each of them through this method of the innermost call.
 */
function watchStatus(call: ServerInterceptingCallInterface, seen: (code: status, details: string) => void): void {
  const send = call.sendStatus.bind(call)
  call.sendStatus = sent => {
    seen(sent.code, sent.details)
    send(sent)
  }
}
