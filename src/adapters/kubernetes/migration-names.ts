import { hash } from 'node:crypto'
import type { About } from '../../domain/facts.ts'
import type { Millis, NodeId, VolumeId } from '../../domain/ids.ts'
import type { VolumeDirectory } from './cluster-cache.ts'
import type { OnceName } from './event-item.ts'

export type MigrationStage = 'started' | 'completed' | 'failed' | 'timeout'

/**
 * Names of migration events: from the stage and from the uid of the target's VolumeAttachment, so that a restarted
 * controller, or another one, arrives at the same name. Where that object never shows up: from volume, target and start.
 */
export class MigrationNames {
  readonly #directory: VolumeDirectory
  /** Uids seen at the start of running migrations: the object may be gone when the outcome is told. */
  readonly #running = new Map<VolumeId, { readonly target: NodeId; readonly uid: string }>()

  constructor(directory: VolumeDirectory) {
    this.#directory = directory
  }

  name(stage: MigrationStage, target: NodeId, took: Millis, about: About): OnceName {
    const { volume } = about
    const known = this.#uid(volume, target)
    if (stage === 'started') this.#remember(volume, target, known)
    else this.#running.delete(volume)
    return {
      find: () => {
        const uid = known ?? this.#directory.attachmentUid(volume, target)
        return uid === undefined ? undefined : nameFor(stage, uid)
      },
      fallback: nameFor(stage, derived(volume, target, startOf(target, took, about))),
    }
  }

  #uid(volume: VolumeId, target: NodeId): string | undefined {
    const running = this.#running.get(volume)
    return running?.target === target ? running.uid : this.#directory.attachmentUid(volume, target)
  }

  #remember(volume: VolumeId, target: NodeId, uid: string | undefined): void {
    if (uid === undefined) this.#running.delete(volume)
    else this.#running.set(volume, { target, uid })
  }
}

const nameFor = (stage: MigrationStage, key: string): string => `rds-csi.migration-${stage}.${key}`

const derived = (...parts: readonly (string | number)[]): string => hash('sha256', parts.join(' '), 'hex').slice(0, 32)

/** A target that still holds the volume says when it joined; otherwise the fact came when it left. */
const startOf = (target: NodeId, took: Millis, { at, holders }: About): number =>
  holders.find(({ node }) => node === target)?.since ?? at - took
