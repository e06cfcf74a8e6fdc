import { holders } from '../domain/attachment.ts'
import { after, type Instant, type Millis, type NodeId, type VolumeId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { Cluster, ClusterChange } from '../ports/cluster.ts'
import type { Logger } from '../ports/logger.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import { Errands } from './errands.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly cluster: Cluster
  readonly exports: Exports
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly log: Logger
  readonly grace: Millis
}

/** A node's hold on a volume. */
interface Hold {
  readonly volume: VolumeId
  readonly node: NodeId
}

interface Loss {
  readonly since: Instant
  fenced: boolean
}

/**
 * Nodes that are gone from the cluster while they hold volumes: fenced at the appliance at once, cleared after the grace
 * period, and admitted again if they come back before. Until a seat is cleared nobody else gets the volume.
 * Each tick compares what is held with the nodes that there are, so that a change which was missed, or could not be acted
 * upon, is made up for.
 */
export class LostNodes {
  readonly #parts: Parts
  readonly #losses = new Map<string, Loss>()
  readonly #errands: Errands

  constructor(parts: Parts) {
    this.#parts = parts
    this.#errands = new Errands(parts.clock, parts.log)
  }

  /** Acts at once on a node that is gone; the rest can wait for the next tick. */
  async hear(change: ClusterChange, signal: AbortSignal): Promise<void> {
    if (change.type !== 'node-gone') return
    const { registry, telemetry, clock } = this.#parts
    const start = clock.monotonic()
    const { node } = change
    await Promise.all(registry.heldBy(node).map(volume => this.#attend({ volume, node }, signal)))
    telemetry.observe({ type: 'reconcile', action: 'node_watcher_trigger', took: clock.monotonic() - start })
  }

  async tick(signal: AbortSignal): Promise<void> {
    const { registry, cluster } = this.#parts
    const present = new Set<string>()
    for (const [volume, state] of registry.all()) {
      for (const { node, lost } of holders(state)) {
        present.add(keyOf({ volume, node }))
        if (lost || !cluster.hasNode(node)) void this.#attend({ volume, node }, signal)
      }
    }
    for (const key of this.#losses.keys()) if (!present.has(key)) this.#losses.delete(key)
  }

  #attend(hold: Hold, signal: AbortSignal): Promise<void> {
    return this.#errands.run(keyOf(hold), signal, () =>
      this.#parts.lock.run(hold.volume, () => this.#settle(hold, signal)),
    )
  }

  /** Brings one hold to where it has to be by now. Under the volume's lock: things may have changed since the tick. */
  async #settle(hold: Hold, signal: AbortSignal): Promise<void> {
    const { registry, cluster, clock, grace } = this.#parts
    const seat = holders(registry.get(hold.volume)).find(({ node }) => node === hold.node)
    if (seat === undefined) return
    if (cluster.hasNode(hold.node)) return seat.lost ? this.#back(hold, signal) : undefined
    if (!seat.lost)
      registry.commit(hold.volume, registry.decide(hold.volume, { type: 'node-lost', node: hold.node }), 0)
    const loss = this.#lossOf(hold)
    if (!loss.fenced) await this.#fence(hold, loss, signal)
    // Fencing may have taken its time; a node that came back meanwhile keeps its seat.
    if (cluster.hasNode(hold.node)) return this.#back(hold, signal)
    if (clock.now() >= after(loss.since, grace)) await this.#clear(hold, signal)
  }

  async #back(hold: Hold, signal: AbortSignal): Promise<void> {
    const { registry, exports } = this.#parts
    const { volume, node } = hold
    const decision = registry.decide(volume, { type: 'node-back', node })
    await exports.follow(volume, registry.get(volume), decision.next, signal)
    registry.commit(volume, decision, 0)
    this.#losses.delete(keyOf(hold))
  }

  /** Beside another holder a lost one can be shut out by the network alone: the target knows no single sessions. */
  async #fence(hold: Hold, loss: Loss, signal: AbortSignal): Promise<void> {
    const { registry, exports, log } = this.#parts
    const isFenced = await exports.fence(hold.volume, registry.get(hold.volume), signal)
    if (!isFenced) log.warn('a lost node cannot be fenced while another holds the volume', { ...hold })
    loss.fenced = true
  }

  async #clear(hold: Hold, signal: AbortSignal): Promise<void> {
    const { registry, exports, telemetry, clock } = this.#parts
    const { volume, node } = hold
    const start = clock.monotonic()
    const decision = registry.decide(volume, { type: 'clear-lost', node })
    await exports.release(volume, registry.get(volume), decision.next, signal)
    registry.commit(volume, decision, clock.monotonic() - start)
    this.#losses.delete(keyOf(hold))
    telemetry.observe({ type: 'reconcile', action: 'clear_stale', took: clock.monotonic() - start })
  }

  #lossOf(hold: Hold): Loss {
    const loss = this.#losses.get(keyOf(hold)) ?? { since: this.#parts.clock.now(), fenced: false }
    this.#losses.set(keyOf(hold), loss)
    return loss
  }
}

const keyOf = ({ volume, node }: Hold) => `${volume} ${node}`
