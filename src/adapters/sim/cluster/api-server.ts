import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, failureAnswer, jsonAnswer, textAnswer } from './answer.ts'
import type { ClusterState } from './cluster-state.ts'
import { discoveryAt } from './discovery.ts'
import type { Fault, Faults, RequestRecord } from './faults.ts'
import { readBody } from './read-body.ts'
import { isServed, type Target, targetOf, type Verb, verbOf } from './request-target.ts'
import { serveResource } from './serve-resource.ts'
import { ApiError, methodNotAllowed } from './status.ts'
import { streamWatch } from './stream-watch.ts'

/** What the API server needs to answer. */
export interface ApiServerOptions {
  readonly state: ClusterState
  readonly faults: Faults
  readonly token: string
  readonly bookmarkMillis: number
  /** Resets the connection of a request. */
  readonly cut: (socket: Socket) => void
}

interface Call {
  readonly record: RequestRecord
  readonly query: URLSearchParams
  readonly target: Target | undefined
  readonly verb: Verb | undefined
}

const HEALTH = new Set(['/healthz', '/livez', '/readyz'])
const PUBLIC = new Set([...HEALTH, '/version'])

function callOf(request: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://cluster')
  const method = request.method ?? 'GET'
  const target = targetOf(pathname)
  const verb = target === undefined ? undefined : verbOf(method, target, searchParams)
  const { kind, subresource, namespace, name } = target ?? {}
  const named = { subresource, namespace, name, verb, resource: kind?.plural }
  const known = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
  const record = { method, path: pathname, query: Object.fromEntries(searchParams), ...known }
  return { record, query: searchParams, target, verb }
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function serveCall(request: IncomingMessage, call: Call, options: ApiServerOptions): Promise<Answer> {
  const { target, verb, query } = call
  if (target === undefined) return textAnswer(404, '404 page not found\n')
  if (verb === undefined || !isServed(verb, target)) throw methodNotAllowed()
  const body = await readBody(request)
  const contentType = (request.headers['content-type'] ?? '').replace(/;.*$/, '').trim()
  const { bookmarkMillis } = options
  return serveResource(options.state, { verb, target, query, contentType, body, bookmarkMillis })
}

async function answerTo(request: IncomingMessage, call: Call, options: ApiServerOptions): Promise<Answer> {
  const { path } = call.record
  if (HEALTH.has(path)) return textAnswer(200, 'ok')
  if (!PUBLIC.has(path) && !isAuthorized(request, options.token))
    throw new ApiError(401, 'Unauthorized', 'Unauthorized')
  const document = discoveryAt(path)
  return document === undefined ? serveCall(request, call, options) : jsonAnswer(200, JSON.stringify(document))
}

function send(response: ServerResponse, answer: Answer, opened: () => () => void): void {
  if ('watch' in answer) {
    streamWatch(response, answer.watch, opened)
    return
  }
  response.writeHead(answer.code, { 'content-type': answer.type, 'content-length': Buffer.byteLength(answer.body) })
  response.end(answer.body)
}

function refusal(fault: Fault & { readonly kind: 'status' }): Answer {
  const { code, reason = '', message = 'the simulated cluster was told to fail' } = fault
  return failureAnswer(new ApiError(code, reason, message))
}

async function answerUnder(
  fault: Fault | undefined,
  answer: () => Promise<Answer>,
): Promise<Answer | 'nothing' | 'cut'> {
  switch (fault?.kind) {
    case 'hang':
      return 'nothing'
    case 'reset':
      return 'cut'
    case 'status':
      return refusal(fault)
    case 'lose-reply':
      await answer()
      return 'cut'
    case 'delay':
      await sleep(fault.millis, undefined, { ref: false })
      return answer()
    case undefined:
      return answer()
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, options: ApiServerOptions): Promise<void> {
  const { faults, cut } = options
  const call = callOf(request)
  const fault = faults.meet(call.record)
  const answer = await answerUnder(fault, () => answerTo(request, call, options).catch(failureAnswer))
  if (answer === 'cut') cut(request.socket)
  else if (answer !== 'nothing')
    send(response, answer, () => faults.watchOpened(call.record, () => cut(request.socket)))
}

/** The listener of an HTTP server that speaks as the Kubernetes API server does. It never throws or rejects. */
export function apiServer(options: ApiServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      if (response.headersSent || request.socket.destroyed) request.socket.destroy()
      else send(response, failureAnswer(error), () => () => undefined)
    })
  }
}
