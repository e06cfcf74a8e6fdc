import { wantedExport, type WantedExport } from '../domain/admission.ts'
import { type Attachment, holders, type Seat } from '../domain/attachment.ts'
import { type ActualExport, admittedNodes, isAsWanted, type LiveExport } from '../domain/drift.ts'
import { isStorageError, StorageError } from '../domain/errors.ts'
import type { ExportRule } from '../domain/fencing.ts'
import { hostIdentity, type HostIdentity } from '../domain/host-identity.ts'
import type { NodeId, VolumeId } from '../domain/ids.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Digests } from '../ports/digests.ts'
import type { Export, HostAccess } from '../ports/host-access.ts'
import type { NetworkFence } from '../ports/network-fence.ts'

interface Parts {
  readonly hosts: HostAccess
  readonly network: NetworkFence
  readonly cluster: Cluster
  readonly digests: Digests
  readonly rule: ExportRule
}

type Wanted = Exclude<WantedExport, { to: 'nobody' }>

/** Makes the appliance let in whom an attachment admits, without ever disturbing a holder's session. */
export class Exports {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What may be done to live exports. */
  get rule(): ExportRule {
    return this.#parts.rule
  }

  /** Who the node is to the appliance. */
  identity(node: NodeId): HostIdentity {
    const { cluster, digests } = this.#parts
    return hostIdentity(cluster.identity(), node, digests.sha1)
  }

  /** Carries the export from one state to the next. On an error the appliance may be in between: the same call mends it. */
  async follow(volume: VolumeId, before: Attachment, next: Attachment, signal: AbortSignal): Promise<void> {
    const { hosts, rule } = this.#parts
    const wanted = wantedExport(next, rule)
    if (wanted.to === 'nobody') return this.#close(volume, markAfter(before, next), signal)
    const live = await this.#live(volume, before, next, signal)
    if (live !== undefined && !rule.narrow) requireAdmitted(volume, next, live)
    await this.confine(volume, next, signal)
    if (live === undefined) return hosts.allow(volume, this.#admitted(withoutLost(next, wanted), next), signal)
    // It may be wider than wanted, but narrowing might cut the holder's session.
    if (!rule.narrow || isAsWanted(wanted, live)) return
    await hosts.adjust(volume, this.#admitted(wanted, next), signal)
  }

  /**
   * As `follow`, where somebody leaves or is lost. Whom a volume that is off, or gone, would have to let in instead does not
   * keep anybody from leaving. True where those who stay are not let in.
   */
  async release(volume: VolumeId, before: Attachment, next: Attachment, signal: AbortSignal): Promise<boolean> {
    try {
      await this.follow(volume, before, next, signal)
      return false
    } catch (error) {
      // Why a volume that is off stays off, other than that the appliance cannot be asked.
      if (!isStorageError(error, 'not-found', 'precondition', 'exhausted')) throw error
      if ((await this.#parts.hosts.admitted(volume, signal)).to !== 'nobody') throw error
      return true
    }
  }

  /** Turns the volume off and then on for exactly whom the state admits: for an export that lets a stranger in. */
  async renew(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<void> {
    await this.#parts.hosts.revoke(volume, signal)
    await this.follow(volume, state, state, signal)
  }

  /** Shuts lost holders out as far as that cuts off nobody else. False where they may have sessions all the same. */
  async fence(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<boolean> {
    await this.release(volume, state, state, signal)
    return wantedExport(state).to === 'nobody' || this.#parts.network.confined(volume)
  }

  /** Lets the nodes that hold the volume through the network, and nobody else. */
  async confine(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<void> {
    const { network, cluster } = this.#parts
    const guests = present(state).map(({ node }) => ({ node, addresses: cluster.addresses(node) }))
    if (guests.length === 0) await network.close(volume, signal)
    else await network.admit(volume, guests, signal)
  }

  /** Whether the appliance lets in this node alone, by what is known at once. */
  admits(volume: VolumeId, node: NodeId): boolean {
    const admitted = this.#parts.hosts.known(volume)?.admitted
    return admitted?.to === 'host' && admitted.host === this.identity(node).hostNqn
  }

  /** What the appliance does at present, as far as it is known, told in nodes. */
  actual(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<ActualExport> {
    return this.#actual(volume, holders(state), signal)
  }

  async #actual(volume: VolumeId, seats: readonly Seat[], signal: AbortSignal): Promise<ActualExport> {
    const admitted = await this.#parts.hosts.admitted(volume, signal)
    if (admitted.to === 'nobody' || admitted.to === 'any') return { to: admitted.to }
    const hosts: readonly string[] = admitted.to === 'host' ? [admitted.host] : admitted.hosts
    const known = new Set(seats.map(seat => seat.node))
    const nodes = [...known].filter(node => hosts.includes(this.identity(node).hostNqn))
    const [only] = nodes
    if (only === undefined) return { to: 'stranger' }
    if (nodes.length < hosts.length) return { to: 'nodes-and-strangers', nodes }
    return nodes.length === 1 ? { to: 'node', node: only } : { to: 'nodes', nodes }
  }

  /** The export that holders may have sessions on, and that has to stay; undefined where it has to be turned on anew. */
  async #live(
    volume: VolumeId,
    before: Attachment,
    next: Attachment,
    signal: AbortSignal,
  ): Promise<LiveExport | undefined> {
    const { hosts, rule } = this.#parts
    // It may still be for who is leaving; where it cannot be changed it is a stranger's to the others then.
    const seats = rule.narrow ? [...holders(before), ...holders(next)] : holders(next)
    const actual = await this.#actual(volume, seats, signal)
    if (actual.to === 'nobody') return undefined
    if (before.phase !== 'detached' || actual.to === 'node') return actual.to === 'stranger' ? undefined : actual
    // Sessions of anybody may hang on an export that no seat justified: they end before a node is let in.
    await hosts.revoke(volume, signal)
    return undefined
  }

  async #close(volume: VolumeId, fenced: boolean | undefined, signal: AbortSignal): Promise<void> {
    await this.#parts.hosts.revoke(volume, signal, fenced)
    await this.#parts.network.close(volume, signal)
  }

  #admitted(wanted: Wanted, state: Attachment): Export {
    if (wanted.to === 'any') return wanted
    if (wanted.to === 'nodes') return { to: 'hosts', hosts: wanted.nodes.map(node => this.identity(node).hostNqn) }
    const host = this.identity(wanted.node).hostNqn
    return state.fence === 'open' ? { to: 'host', host } : { to: 'host', host, fenced: true }
  }
}

const present = (state: Attachment) => holders(state).filter(seat => !seat.lost)

/**
 * Whether it is to be remembered, once nobody is let in, that the last holder was lost: who held the volume holds nothing
 * then until it is published anew, and the next export is for one host alone. Undefined: it stays as it is remembered.
 * While only lost nodes hold it that is so of those who were lost, and cleared, before them.
 */
function markAfter(before: Attachment, next: Attachment): boolean | undefined {
  if (before.phase === 'detached') return undefined
  if (next.phase !== 'detached') return next.fence === 'open' ? undefined : true
  return next.fence === 'armed' || holders(before).some(seat => seat.lost)
}

/** A live export is never widened: that might cut its holder. Who is not let in by it has to wait until it goes off. */
function requireAdmitted(volume: VolumeId, state: Attachment, actual: LiveExport): void {
  if (actual.to === 'any') return
  const admitted = admittedNodes(actual)
  const outside = present(state).filter(({ node }) => !admitted.includes(node))
  if (outside.length === 0) return
  const nodes = outside.map(seat => seat.node).join(', ')
  throw new StorageError(
    'precondition',
    `volume ${volume} is exported to ${admitted.join(', ')} alone; ${nodes} has to wait for it`,
  )
}

/** Nothing is live while the export is off: beside or after a lost holder the one that is left is let in alone. */
function withoutLost(state: Attachment, wanted: Wanted): Wanted {
  const [only, other] = present(state)
  const isLossNear = holders(state).length > 1 || state.fence === 'armed'
  return only !== undefined && other === undefined && isLossNear ? { to: 'node', node: only.node } : wanted
}
