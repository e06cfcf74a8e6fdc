import type { KubeConfig } from '@kubernetes/client-node'
import { type Dispatcher, request } from 'undici'
import { ConnectionPool } from './connection-pool.ts'
import { type Credentials, credentialsOf } from './credentials.ts'
import { KubeError, scrubbed } from './kube-error.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  /** Path of the resource, each part encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Written as JSON; that of a PATCH is a merge patch. */
  readonly body?: object
}

interface Limits {
  readonly signal: AbortSignal
  /** Longest silence in the reply, in ms. */
  readonly silence: number
}

type Body = Dispatcher.ResponseData['body']

const REQUEST_LIMIT = 30_000

/**
 * Plain JSON requests to the API server with the address, trust and credentials of a KubeConfig, all through one pool of
 * connections. Failures are KubeErrors, or the signal's reason once it aborts. Nothing is retried here.
 */
export class KubeClient {
  readonly #config: KubeConfig
  readonly #limit: number
  readonly #pool = new ConnectionPool()

  /** `limit`: longest time for a request and its reply, for credentials, and for the beginning of a stream; in ms. */
  constructor(config: KubeConfig, limit = REQUEST_LIMIT) {
    this.#config = config
    this.#limit = limit
  }

  /** The object in the reply. Gives up after the limit. */
  async json<T extends object>(what: KubeRequest, signal: AbortSignal): Promise<T> {
    const limit = AbortSignal.timeout(this.#limit)
    const parse = async (body: Body): Promise<T> => (await body.json()) as T
    try {
      return await this.#sent(what, { signal: AbortSignal.any([signal, limit]), silence: this.#limit }, parse)
    } catch (error) {
      signal.throwIfAborted()
      throw limit.aborted ? new KubeError(0, 'Timeout', 'the API server did not answer in time') : error
    }
  }

  /**
   * Reads a reply that does not end by itself, chunk by chunk. Resolves when the server or the reader ends it; a longer
   * silence is an error, see `isSilence`.
   */
  async stream(what: KubeRequest, limits: Limits, read: (chunks: AsyncIterable<Uint8Array>) => Promise<void>) {
    await this.#sent(what, limits, read)
  }

  /** Ends all connections, with whatever runs on them. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async #sent<T>(what: KubeRequest, limits: Limits, read: (body: Body) => Promise<T>): Promise<T> {
    limits.signal.throwIfAborted()
    const credentials = await this.#credentials(limits.signal)
    try {
      const { statusCode, body } = await this.#reply(what, credentials, limits)
      if (statusCode >= 300) throw refusal(statusCode, await body.text(), credentials.secret)
      return await read(body)
    } catch (error) {
      limits.signal.throwIfAborted()
      throw error instanceof KubeError ? error : unreachable(error, credentials.secret)
    }
  }

  /** A credential plugin knows no signals and may never end. */
  async #credentials(signal: AbortSignal): Promise<Credentials> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#limit)])
    try {
      return await unlessAborted(credentialsOf(this.#config), limited)
    } catch (error) {
      signal.throwIfAborted()
      throw new KubeError(0, 'NoCredentials', `no credentials for the API server: ${messageOf(error)}`)
    }
  }

  async #reply(what: KubeRequest, { headers, connection }: Credentials, limits: Limits) {
    const { method = 'GET', path, query = {}, body } = what
    const url = new URL(`${this.#config.getCurrentCluster()?.server.replace(/\/$/, '') ?? ''}${path}`)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    return request(url, {
      method,
      headers: { ...headers, accept: 'application/json', 'user-agent': 'rds-csi', 'content-type': type },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher: this.#pool.dispatcher(connection),
      signal: limits.signal,
      headersTimeout: this.#limit,
      bodyTimeout: limits.silence,
    })
  }
}

/** The server sent nothing for too long; the connection may be dead. */
export const isSilence = (error: unknown): boolean =>
  error instanceof KubeError && error.reason === 'UND_ERR_BODY_TIMEOUT'

/** What a Status object says, or the beginning of whatever came instead of one. */
function refusal(code: number, text: string, secret: string): KubeError {
  const { reason, message } = statusOf(text)
  return new KubeError(code, reason ?? 'Refused', scrubbed(message ?? text.slice(0, 200), secret))
}

function statusOf(text: string): { readonly reason?: string; readonly message?: string } {
  try {
    const status = JSON.parse(text) as { reason?: unknown; message?: unknown } | null
    return {
      ...(typeof status?.reason === 'string' ? { reason: status.reason } : {}),
      ...(typeof status?.message === 'string' ? { message: status.message } : {}),
    }
  } catch {
    return {}
  }
}

function unreachable(error: unknown, secret: string): KubeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'Unreachable'
  return new KubeError(0, code, scrubbed(`no usable reply from the API server: ${messageOf(error)}`, secret))
}

/** Failed connects to several addresses come as an AggregateError with an empty message. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ')
  return scrubbed(error instanceof Error ? error.message : String(error))
}
