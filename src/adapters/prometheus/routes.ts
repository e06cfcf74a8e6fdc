import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Registry, prometheusContentType } from 'prom-client'
import { OPEN_METRICS_TYPE, toOpenMetrics } from './open-metrics.ts'
import type { ReadyCheck } from './ready-check.ts'

const PLAIN = 'text/plain; charset=utf-8'

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export interface RoutesOptions {
  readonly registry: Registry
  readonly ready: ReadyCheck
}

/** Answers one request: `/metrics`, `/healthz` (alive), `/readyz`. Rejects where the metrics cannot be rendered. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: RoutesOptions,
): Promise<void> {
  const { status, type, body } = await answer(request, options)
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answer(request: IncomingMessage, options: RoutesOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD')
  const path = (request.url ?? '').replace(/\?.*$/s, '')
  switch (path) {
    case '/metrics':
      return metrics(options.registry, request.headers.accept ?? '')
    case '/healthz':
      return plain(200, 'ok')
    case '/readyz':
      return readiness(options.ready())
    default:
      return plain(404, 'there are /metrics, /healthz and /readyz')
  }
}

async function metrics(registry: Registry, accept: string): Promise<Answer> {
  const text = await registry.metrics()
  return accept.includes('application/openmetrics-text')
    ? { status: 200, type: OPEN_METRICS_TYPE, body: toOpenMetrics(text) }
    : { status: 200, type: prometheusContentType, body: text }
}

const readiness = (obstacle: string | undefined): Answer =>
  obstacle === undefined ? plain(200, 'ok') : plain(503, `not ready: ${obstacle}`)

const plain = (status: number, text: string): Answer => ({ status, type: PLAIN, body: `${text}\n` })
