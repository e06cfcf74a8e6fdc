import { holders } from '../domain/attachment.ts'
import { after, type Instant, type Millis, type NodeId, type VolumeId } from '../domain/ids.ts'
import type { Clock } from '../ports/clock.ts'
import type { ClusterChange } from '../ports/cluster.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { Logger } from '../ports/logger.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { Exports } from './exports.ts'
import type { KeyedLock } from './keyed-lock.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly exports: Exports
  readonly hosts: HostAccess
  readonly lock: KeyedLock
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly log: Logger
  readonly grace: Millis
}

interface Loss {
  readonly volume: VolumeId
  readonly node: NodeId
  readonly since: Instant
  fenced: boolean
}

/**
 * Nodes that are gone from the cluster while they hold volumes: fenced at the appliance at once, cleared after the grace
 * period, and admitted again if they come back before. Until a seat is cleared nobody else gets the volume.
 */
export class LostNodes {
  readonly #parts: Parts
  readonly #losses = new Map<string, Loss>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes over the losses that a rebuild found. */
  adopt(): void {
    for (const [volume, state] of this.#parts.registry.all()) {
      for (const seat of holders(state)) if (seat.lost) this.#remember(volume, seat.node)
    }
  }

  async hear(change: ClusterChange, signal: AbortSignal): Promise<void> {
    if (change.type === 'node-gone') await this.#lost(change.node)
    if (change.type === 'node-seen') await this.#back(change.node, signal)
  }

  /** Fences, and clears what has waited long enough. */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, grace } = this.#parts
    for (const [key, loss] of this.#losses) {
      if (!loss.fenced) await this.#fence(loss, signal)
      if (loss.fenced && clock.now() >= after(loss.since, grace) && (await this.#clear(loss, signal))) {
        this.#losses.delete(key)
      }
    }
  }

  async #lost(node: NodeId): Promise<void> {
    const { registry, lock, telemetry, clock } = this.#parts
    const start = clock.monotonic()
    for (const volume of registry.heldBy(node)) {
      await lock.run(volume, async () => {
        registry.commit(volume, registry.decide(volume, { type: 'node-lost', node }), 0)
      })
      this.#remember(volume, node)
    }
    telemetry.observe({ type: 'reconcile', action: 'node_watcher_trigger', took: clock.monotonic() - start })
  }

  async #back(node: NodeId, signal: AbortSignal): Promise<void> {
    const { registry, lock, exports, log } = this.#parts
    for (const volume of registry.heldBy(node)) {
      if (!this.#losses.delete(keyOf(volume, node))) continue
      try {
        await lock.run(volume, async () => {
          const decision = registry.decide(volume, { type: 'node-back', node })
          await exports.follow(volume, registry.get(volume), decision.next, signal)
          registry.commit(volume, decision, 0)
        })
      } catch (error) {
        this.#remember(volume, node)
        log.warn('a node is back but could not be admitted again', { volume, node, error })
      }
    }
  }

  /** A holder beside which another one stays cannot be cut off alone: the target knows no single sessions. */
  async #fence(loss: Loss, signal: AbortSignal): Promise<void> {
    const { registry, hosts, lock, log } = this.#parts
    try {
      await lock.run(loss.volume, async () => {
        const seats = holders(registry.get(loss.volume))
        if (seats.every(seat => seat.lost)) await hosts.revoke(loss.volume, signal)
        else log.warn('a lost node cannot be fenced while another holds the volume', { ...loss })
      })
      loss.fenced = true
    } catch (error) {
      log.warn('a lost node could not be fenced yet', { volume: loss.volume, node: loss.node, error })
    }
  }

  async #clear({ volume, node }: Loss, signal: AbortSignal): Promise<boolean> {
    const { registry, lock, exports, telemetry, clock, log } = this.#parts
    const start = clock.monotonic()
    try {
      await lock.run(volume, async () => {
        const decision = registry.decide(volume, { type: 'clear-lost', node })
        await exports.follow(volume, registry.get(volume), decision.next, signal)
        registry.commit(volume, decision, clock.monotonic() - start)
      })
      telemetry.observe({ type: 'reconcile', action: 'clear_stale', took: clock.monotonic() - start })
      return true
    } catch (error) {
      log.warn('a lost seat could not be cleared yet', { volume, node, error })
      return false
    }
  }

  #remember(volume: VolumeId, node: NodeId): Loss {
    const key = keyOf(volume, node)
    const loss = this.#losses.get(key) ?? { volume, node, since: this.#parts.clock.now(), fenced: false }
    this.#losses.set(key, loss)
    return loss
  }
}

const keyOf = (volume: VolumeId, node: NodeId) => `${volume} ${node}`
