import { StorageError } from '../../domain/errors.ts'
import { instant } from '../../domain/ids.ts'
import type { Memory } from '../../domain/orphans.ts'
import type { Logger } from '../../ports/logger.ts'
import type { LedgerPage, OrphanLedger } from '../../ports/orphan-ledger.ts'
import type { KubeClient } from './kube-client.ts'
import { describeApiError, isConflict, isNotFound } from './kube-error.ts'
import type { KubeObject } from './kube-objects.ts'
import { configMapPath } from './resource-path.ts'

interface ConfigMapObject extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null
}

/** `delete`, `retain` or `none`, and since when nothing names it. */
const ENTRY = /^(delete|retain|none)(?: since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z))?$/

/** Name of the ConfigMap: the driver's, and `-orphans`. */
export const ledgerName = (driverName: string): string => `${driverName.slice(0, 245)}-orphans`

/** The ledger as a ConfigMap, one key for each volume and snapshot, for people to read as well. */
export class ConfigMapLedger implements OrphanLedger {
  readonly #client: KubeClient
  readonly #namespace: string
  readonly #name: string
  readonly #log: Logger

  constructor(client: KubeClient, at: { readonly namespace: string; readonly name: string }, log: Logger) {
    this.#client = client
    this.#namespace = at.namespace
    this.#name = at.name
    this.#log = log
  }

  async read(signal: AbortSignal): Promise<LedgerPage> {
    try {
      const path = configMapPath(this.#namespace, this.#name)
      const { metadata, data } = await this.#client.json<ConfigMapObject>({ path }, signal)
      const entries = Object.entries(data ?? {}).map(([id, text]) => [id, this.#memory(id, text)] as const)
      return { entries: new Map(entries), version: metadata?.resourceVersion }
    } catch (error) {
      signal.throwIfAborted()
      if (isNotFound(error)) return { entries: new Map(), version: undefined }
      throw this.#failure('read', error)
    }
  }

  async write({ entries, version }: LedgerPage, signal: AbortSignal): Promise<void> {
    const data = Object.fromEntries(Array.from(entries, ([id, memory]) => [id, written(memory)]))
    const metadata = {
      namespace: this.#namespace,
      name: this.#name,
      ...(version === undefined ? {} : { resourceVersion: version }),
    }
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
    const target =
      version === undefined
        ? ({ method: 'POST', path: configMapPath(this.#namespace) } as const)
        : ({ method: 'PUT', path: configMapPath(this.#namespace, this.#name) } as const)
    try {
      await this.#client.json({ ...target, body }, signal)
    } catch (error) {
      signal.throwIfAborted()
      // Gone since it was read is a change of somebody else's, too.
      const overtaken = isConflict(error) || (version !== undefined && isNotFound(error))
      if (overtaken) throw new StorageError('busy', `ConfigMap ${this.#name} was changed by somebody else meanwhile`)
      throw this.#failure('written', error)
    }
  }

  /** What somebody spoilt speaks for keeping the volume. */
  #memory(id: string, text: string): Memory {
    const [, policy, since] = ENTRY.exec(text) ?? []
    const time = since === undefined ? undefined : Date.parse(since)
    if (policy === undefined || Number.isNaN(time)) {
      this.#log.warn('an entry of the orphan ledger cannot be read and counts as retained', { id, entry: text })
      return { policy: 'retain', since: undefined }
    }
    return {
      policy: policy === 'none' ? undefined : (policy as 'delete' | 'retain'),
      since: time === undefined ? undefined : instant(time),
    }
  }

  #failure(what: 'read' | 'written', error: unknown): StorageError {
    return new StorageError('unavailable', `ConfigMap ${this.#name} cannot be ${what}: ${describeApiError(error)}`)
  }
}

function written({ policy = 'none', since }: { policy?: Memory['policy'] | 'none'; since?: Memory['since'] }): string {
  return since === undefined ? policy : `${policy} since ${new Date(since).toISOString()}`
}
