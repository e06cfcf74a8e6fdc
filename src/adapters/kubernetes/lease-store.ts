import type { KubeClient } from './kube-client.ts'
import { isNotFound } from './kube-error.ts'
import type { LeaseObject } from './lease-object.ts'
import { leasePath } from './resource-path.ts'

/** One Lease object at the API server. */
export class LeaseStore {
  readonly #client: KubeClient
  readonly #namespace: string
  readonly #name: string

  constructor(client: KubeClient, namespace: string, name: string) {
    this.#client = client
    this.#namespace = namespace
    this.#name = name
  }

  /** Undefined where there is none. */
  async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    try {
      return await this.#client.json<LeaseObject>({ path: leasePath(this.#namespace, this.#name) }, signal)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  /** Writes it anew, or over the version that it was made from; somebody else's change meanwhile is a conflict. */
  async write(lease: LeaseObject, signal: AbortSignal): Promise<LeaseObject> {
    return lease.metadata?.resourceVersion === undefined
      ? this.#client.json({ method: 'POST', path: leasePath(this.#namespace), body: lease }, signal)
      : this.#client.json({ method: 'PUT', path: leasePath(this.#namespace, this.#name), body: lease }, signal)
  }
}
