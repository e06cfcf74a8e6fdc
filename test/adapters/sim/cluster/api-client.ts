import { Agent, fetch } from 'undici'
import type { RunningCluster } from '../../../../src/adapters/sim/cluster/start-cluster.ts'

/** Any JSON that a server answers; tests look into it freely. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any

export interface Reply {
  readonly code: number
  readonly body: Json
}

export interface WatchEvent {
  readonly type: string
  readonly object: Json
}

export interface OpenWatch {
  /** The next event; undefined when the stream ended in order; rejects when it was cut. */
  next(): Promise<WatchEvent | undefined>
  close(): Promise<void>
}

export const MERGE = 'application/merge-patch+json'
export const JSON_PATCH = 'application/json-patch+json'
export const STRATEGIC = 'application/strategic-merge-patch+json'

export const STORAGE = '/apis/storage.k8s.io/v1'
export const ATTACHMENTS = `${STORAGE}/volumeattachments`

/** A plain HTTPS client of the cluster, as near to the wire as fetch allows. */
export class ApiClient {
  readonly #cluster: RunningCluster
  readonly #agent: Agent

  constructor(cluster: RunningCluster) {
    this.#cluster = cluster
    this.#agent = new Agent({ connect: { ca: Buffer.from(cluster.caData, 'base64').toString() } })
  }

  async raw(path: string, init: Parameters<typeof fetch>[1] = {}) {
    return fetch(`${this.#cluster.url}${path}`, { ...init, dispatcher: this.#agent })
  }

  async send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Reply> {
    const headers = { authorization: `Bearer ${this.#cluster.token}`, 'content-type': type }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await this.raw(path, { method, headers, ...sent })
    const text = await response.text()
    const isJson = response.headers.get('content-type') === 'application/json'
    return { code: response.status, body: isJson ? JSON.parse(text) : text }
  }

  get = (path: string): Promise<Reply> => this.send('GET', path)
  post = (path: string, body: unknown): Promise<Reply> => this.send('POST', path, body)
  put = (path: string, body: unknown): Promise<Reply> => this.send('PUT', path, body)
  delete = (path: string, body?: unknown): Promise<Reply> => this.send('DELETE', path, body)
  patch = (path: string, body: unknown, type = MERGE): Promise<Reply> => this.send('PATCH', path, body, type)

  async watch(path: string): Promise<OpenWatch> {
    const headers = { authorization: `Bearer ${this.#cluster.token}` }
    const response = await this.raw(`${path}${path.includes('?') ? '&' : '?'}watch=true`, { headers })
    const lines = linesOf(response.body as AsyncIterable<Uint8Array>)
    return {
      next: async () => {
        const { value, done } = await lines.next()
        return done === true ? undefined : (JSON.parse(value) as WatchEvent)
      },
      close: async () => void (await lines.return(undefined)),
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  return undefined
}

/** A VolumeAttachment as the attach/detach controller makes it. */
export function attachment(
  name: string,
  changes: { metadata?: object; spec?: object; status?: { attached: boolean } } = {},
) {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    metadata: { name, ...changes.metadata },
    spec: {
      attacher: 'rds.csi.srvlab.io',
      nodeName: 'node-a',
      source: { persistentVolumeName: `pv-of-${name}` },
      ...changes.spec,
    },
    ...(changes.status === undefined ? {} : { status: changes.status }),
  }
}

/** A claim of one gibibyte. */
export function claim(name: string, metadata: object = {}) {
  return {
    metadata: { name, ...metadata },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
}
