import { holders } from '../domain/attachment.ts'
import { StorageError } from '../domain/errors.ts'
import type { NodeId, VolumeId } from '../domain/ids.ts'
import type { HostAccess } from '../ports/host-access.ts'
import type { AttachmentRegistry } from './attachment-registry.ts'
import type { ReconcileExports } from './reconcile-exports.ts'

interface Parts {
  readonly registry: AttachmentRegistry
  readonly hosts: HostAccess
  readonly reconcile: ReconcileExports
}

/** Whether a volume has, or may have, a live session. Asked under the volume's lock. */
export class Detached {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Throws `precondition` where a node holds the volume or it is exported; `purpose` says what it cannot do then. */
  async require(id: VolumeId, purpose: string, signal: AbortSignal): Promise<void> {
    const nodes = this.#holdersOf(id)
    if (nodes.length > 0) {
      throw new StorageError(
        'precondition',
        `volume ${id} is attached to ${nodes.join(', ')}; detach it first, then it can ${purpose}`,
      )
    }
    if (!(await this.#isExported(id, signal))) return
    // An export that no seat justifies may have sessions all the same; it goes off after the grace period.
    this.#parts.reconcile.suspect(id)
    throw new StorageError(
      'precondition',
      `volume ${id} is still exported although no node holds it; the export goes off after the grace period, then it can ${purpose}`,
    )
  }

  /** Those of the volumes that may be written to at this moment. */
  async attachedOf(ids: readonly VolumeId[], signal: AbortSignal): Promise<readonly VolumeId[]> {
    const attached: VolumeId[] = []
    for (const id of ids) {
      if (this.#holdersOf(id).length > 0 || (await this.#isExported(id, signal))) attached.push(id)
    }
    return attached
  }

  async #isExported(id: VolumeId, signal: AbortSignal): Promise<boolean> {
    return (await this.#parts.hosts.admitted(id, signal)).to !== 'nobody'
  }

  #holdersOf(id: VolumeId): readonly NodeId[] {
    return holders(this.#parts.registry.get(id)).map(seat => seat.node)
  }
}
