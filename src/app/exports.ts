import { wantedExport, type WantedExport } from '../domain/admission.ts'
import { type Attachment, holders } from '../domain/attachment.ts'
import type { ActualExport } from '../domain/drift.ts'
import { StorageError } from '../domain/errors.ts'
import { hostIdentity, type HostIdentity } from '../domain/host-identity.ts'
import type { NodeId, VolumeId } from '../domain/ids.ts'
import type { Cluster } from '../ports/cluster.ts'
import type { Digests } from '../ports/digests.ts'
import type { Admitted, HostAccess } from '../ports/host-access.ts'

/** Makes the appliance let in whom an attachment admits, without ever disturbing a holder's session. */
export class Exports {
  readonly #hosts: HostAccess
  readonly #cluster: Cluster
  readonly #digests: Digests

  constructor(hosts: HostAccess, cluster: Cluster, digests: Digests) {
    this.#hosts = hosts
    this.#cluster = cluster
    this.#digests = digests
  }

  /** Who the node is to the appliance. */
  identity(node: NodeId): HostIdentity {
    return hostIdentity(this.#cluster.identity(), node, this.#digests.sha1)
  }

  /** Carries the export from one state to the next. On an error the appliance may be in between: the same call mends it. */
  async follow(volume: VolumeId, before: Attachment, next: Attachment, signal: AbortSignal): Promise<void> {
    const wanted = wantedExport(next)
    if (wanted.to === 'nobody') return this.#hosts.revoke(volume, signal)
    const actual = await this.actual(volume, next, signal)
    // Sessions of anybody may hang on an open export that no seat justified: they end before a node is let in.
    const unjustified = before.phase === 'detached' && (actual.to === 'any' || actual.to === 'stranger')
    if (unjustified) await this.#hosts.revoke(volume, signal)
    else if (actual.to === 'any')
      return // maybe wider than wanted, but narrowing might cut the holder's session
    else if (actual.to === 'node') return requireAdmitted(volume, next, actual.node)
    await this.#hosts.allow(volume, this.#admitted(withoutLost(next, wanted)), signal)
  }

  /** Turns the volume off and then on for exactly whom the state admits: for an export that lets a stranger in. */
  async renew(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<void> {
    await this.#hosts.revoke(volume, signal)
    const wanted = wantedExport(state)
    if (wanted.to !== 'nobody') await this.#hosts.allow(volume, this.#admitted(wanted), signal)
  }

  /** What the appliance does at present, as far as it is known, told in nodes. */
  async actual(volume: VolumeId, state: Attachment, signal: AbortSignal): Promise<ActualExport> {
    const admitted = await this.#hosts.admitted(volume, signal)
    if (admitted.to !== 'host') return admitted
    const seat = holders(state).find(({ node }) => this.identity(node).hostNqn === admitted.host)
    return seat === undefined ? { to: 'stranger' } : { to: 'node', node: seat.node }
  }

  #admitted(wanted: Exclude<WantedExport, { to: 'nobody' }>): Exclude<Admitted, { to: 'nobody' }> {
    return wanted.to === 'any' ? wanted : { to: 'host', host: this.identity(wanted.node).hostNqn }
  }
}

/** A live export is never widened: that might cut its holder. Who is not let in by it has to wait until it goes off. */
function requireAdmitted(volume: VolumeId, state: Attachment, admitted: NodeId): void {
  const outside = holders(state).filter(seat => !seat.lost && seat.node !== admitted)
  if (outside.length === 0) return
  const nodes = outside.map(seat => seat.node).join(', ')
  throw new StorageError(
    'precondition',
    `volume ${volume} is exported to ${admitted} alone; ${nodes} has to wait for it`,
  )
}

/** Nothing is live while the export is off: beside a lost holder the one that is left is let in alone. */
function withoutLost(state: Attachment, wanted: Exclude<WantedExport, { to: 'nobody' }>) {
  const present = holders(state).filter(seat => !seat.lost)
  const [only] = present
  return present.length === 1 && only !== undefined && holders(state).length > 1
    ? ({ to: 'node', node: only.node } as const)
    : wanted
}
