import { type Attachment, type Decision, holders, type Publish } from '../domain/attachment.ts'
import { accessOf, type Capability, capabilityProblem, termsOf } from '../domain/capability.ts'
import { StorageError } from '../domain/errors.ts'
import type { HostIdentity } from '../domain/host-identity.ts'
import type { Bytes, Instant, Millis, NodeId, VolumeId } from '../domain/ids.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { Volume } from '../domain/volume.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { VolumeBackend } from '../ports/volume-backend.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { Readiness } from './readiness.ts'
import type { ReconcileExports } from './reconcile-exports.ts'
import type { UnconfirmedRecords } from './unconfirmed-records.ts'

export interface PublishRequest {
  readonly volume: VolumeId
  readonly node: NodeId
  readonly capability: Capability
  readonly readOnly: boolean
  readonly migrationTimeout: Millis
}

/** What the node needs in order to use the volume. */
export interface PublishGrant {
  readonly host: HostIdentity
  /** When the seat was taken; a repeated publish returns the first time. */
  readonly attachedAt: Instant
  /** Held beside another node without a migration. */
  readonly sharing: boolean
  readonly bytes: Bytes
  /** The TCP port of its export, where that is not the one of all volumes. */
  readonly port: number | undefined
}

interface Parts {
  readonly registry: AttachmentRegistry
  readonly exports: Exports
  readonly hosts: HostAccess
  readonly lock: KeyedLock
  readonly backend: VolumeBackend
  readonly cluster: Cluster
  readonly clock: Clock
  readonly readiness: Readiness
  readonly reconcile: ReconcileExports
  readonly unconfirmed: UnconfirmedRecords
  /** On which volumes are exported that have no port of their own. */
  readonly nvmePort: number
}

/** Who may use a volume: ControllerPublishVolume and ControllerUnpublishVolume. */
export class Attachments {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async publish(request: PublishRequest, signal: AbortSignal): Promise<PublishGrant> {
    const { readiness, lock } = this.#parts
    readiness.require()
    const problem = capabilityProblem(request.capability)
    if (problem !== undefined) throw new StorageError('invalid', `volume_capability: ${problem}`)
    return lock.tryRun(request.volume, () => this.#publish(request, signal))
  }

  /** Ends one node's hold, or everybody's. Success where there is none. Needs nothing of the cluster. */
  async unpublish(volume: VolumeId, node: NodeId | 'every-node', signal: AbortSignal): Promise<void> {
    const { readiness, lock } = this.#parts
    readiness.require()
    await lock.tryRun(volume, () => this.release(volume, node, signal))
  }

  /** As `unpublish`, for callers that hold the volume's lock. */
  async release(volume: VolumeId, node: NodeId | 'every-node', signal: AbortSignal): Promise<void> {
    const { registry, unconfirmed } = this.#parts
    unconfirmed.settle(volume, node)
    const decision = registry.decide(volume, { type: 'unpublish', node, evidence: 'none' })
    await this.#carryOut(volume, decision, { type: 'detach-failed', node }, signal)
  }

  async #publish(request: PublishRequest, signal: AbortSignal): Promise<PublishGrant> {
    const { registry, backend, cluster, unconfirmed } = this.#parts
    const { volume, node } = request
    if (!cluster.hasNode(node)) throw new StorageError('not-found', `node ${node} is not in the cluster`)
    const found = await backend.find(volume, signal)
    if (found === undefined) throw new StorageError('not-found', `volume ${volume} does not exist`)
    const decision = registry.decide(volume, publishCommand(request))
    if (decision.refusal !== undefined) {
      registry.commit(volume, decision, 0)
      throw refusalError(volume, node, decision.refusal)
    }
    unconfirmed.settle(volume, node)
    await this.#carryOut(volume, decision, { type: 'attach-failed', node }, signal)
    return this.#grant(found, node)
  }

  #grant({ id, bytes }: Volume, node: NodeId): PublishGrant {
    const { registry, exports, hosts, nvmePort } = this.#parts
    const state = registry.get(id)
    const seat = holders(state).find(held => held.node === node)
    if (seat === undefined) throw new StorageError('internal', `the seat of ${node} on ${id} was not kept`)
    const sharing = state.phase === 'shared' && state.seats[0] !== seat
    const port = hosts.known(id)?.port
    const own = port === nvmePort ? undefined : port
    return { host: exports.identity(node), attachedAt: seat.since, sharing, bytes, port: own }
  }

  /** First the appliance, then the memory, then the telling: a failure leaves the state as it was. */
  async #carryOut(
    volume: VolumeId,
    decision: Decision,
    failure: { type: 'attach-failed'; node: NodeId } | { type: 'detach-failed'; node: NodeId | 'every-node' },
    signal: AbortSignal,
  ): Promise<void> {
    const { registry, exports, clock, reconcile } = this.#parts
    const start = clock.monotonic()
    const before: Attachment = registry.get(volume)
    try {
      if (failure.type === 'attach-failed') await exports.follow(volume, before, decision.next, signal)
      else if (await exports.release(volume, before, decision.next, signal)) reconcile.suspect(volume)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      reconcile.suspect(volume) // the appliance may have done what it did not confirm
      registry.tell(volume, { ...failure, why }, clock.monotonic() - start)
      throw error
    }
    registry.commit(volume, decision, clock.monotonic() - start)
  }
}

const publishCommand = ({ node, capability, readOnly, migrationTimeout }: PublishRequest): Publish => ({
  type: 'publish',
  node,
  access: accessOf(capability),
  terms: termsOf(capability, readOnly),
  timeout: migrationTimeout,
  sharing: false,
})

function refusalError(volume: VolumeId, node: NodeId, refusal: Refusal): StorageError {
  const by = refusal.holders.join(', ')
  const texts: Record<Refusal['kind'], string> = {
    'held-elsewhere': `volume ${volume} is attached to node ${by}; delete the pod there to release it`,
    'two-holders': `volume ${volume} is attached to nodes ${by}; a third node has to wait until one of them leaves`,
    'holder-lost': `volume ${volume} is attached to node ${by}, which is lost; its seat is cleared after the grace period, then this works`,
    'fenced-to-holder': `volume ${volume} is exported to node ${by} alone, because a former holder was lost; no second node may join until it has left`,
    'terms-differ': `volume ${volume} is attached to node ${node} on other terms`,
  }
  const text = texts[refusal.kind]
  return refusal.kind === 'terms-differ'
    ? new StorageError('conflict', `${text} (${refusal.held})`)
    : new StorageError('precondition', text)
}
