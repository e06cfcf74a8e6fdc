import { Agent, request } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node'

const REQUEST_LIMIT = 10_000

/** A Kubernetes object, as far as the demonstration looks into one. */
export interface KubeObject {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [member: string]: unknown
}

/** The API server refused. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal'
  readonly status: number

  constructor(method: string, path: string, { code, text }: { readonly code: number; readonly text: string }) {
    super(`${method} ${path}: ${code} ${text}`)
    this.status = code
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

interface Answer {
  readonly code: number
  readonly text: string
}

/** A Kubernetes API, reached by a kubeconfig: what the provisioner, the attacher and kubelet need of it. */
export class KubeClient {
  readonly #agent: Agent
  readonly #server: string
  readonly #token: string

  /** Reads the kubeconfig at that path; throws where it names no cluster or no user. */
  constructor(kubeconfig: string) {
    const config = new KubeConfig()
    config.loadFromFile(kubeconfig)
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
    if (cluster === null || user === null) throw new Error(`${kubeconfig} names no cluster or no user`)
    this.#server = cluster.server
    this.#token = user.token ?? ''
    this.#agent = new Agent({ keepAlive: true, ca: Buffer.from(cluster.caData ?? '', 'base64') })
  }

  get(path: string): Promise<KubeObject> {
    return this.#json('GET', path)
  }

  /** The object, or undefined where there is none. */
  async find(path: string): Promise<KubeObject | undefined> {
    try {
      return await this.get(path)
    } catch (error) {
      if (isStatus(error, 404)) return undefined
      throw error
    }
  }

  async list<T = KubeObject>(path: string, selectors: Readonly<Record<string, string>> = {}): Promise<readonly T[]> {
    const query = new URLSearchParams(selectors).toString()
    const { items = [] } = await this.#json<{ readonly items?: readonly T[] }>(
      'GET',
      query === '' ? path : `${path}?${query}`,
    )
    return items
  }

  create(path: string, object: object): Promise<KubeObject> {
    return this.#json('POST', path, object)
  }

  /** A merge patch. */
  patch(path: string, change: object): Promise<KubeObject> {
    return this.#json('PATCH', path, change)
  }

  /** Success where it is gone already. */
  async delete(path: string): Promise<void> {
    try {
      await this.#json('DELETE', path)
    } catch (error) {
      if (!isStatus(error, 404)) throw error
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #json<T = KubeObject>(method: Method, path: string, body?: object): Promise<T> {
    const answer = await this.#send(method, path, body)
    if (answer.code >= 300) throw new ApiRefusal(method, path, answer)
    return JSON.parse(answer.text) as T
  }

  #send(method: Method, path: string, body?: object): Promise<Answer> {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': type, accept: 'application/json' }
    const signal = AbortSignal.timeout(REQUEST_LIMIT)
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#server}${path}`, { method, headers, agent: this.#agent, signal }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () =>
          resolve({ code: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        )
      })
      sent.once('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

export const isStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiRefusal && error.status === status
