import { StorageError } from '../../src/domain/errors.ts'
import type { SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import type { Memory, Policy, References } from '../../src/domain/orphans.ts'
import type { BackingFiles, StrayFile } from '../../src/ports/backing-files.ts'
import type { ClusterReferences } from '../../src/ports/cluster-references.ts'
import type { LedgerPage, OrphanLedger } from '../../src/ports/orphan-ledger.ts'
import { MemoryScript } from './memory-script.ts'

/** What a cluster names, and what its watch has seen. */
export class MemoryReferences implements ClusterReferences {
  readonly script = new MemoryScript()
  readonly volumes = new Map<VolumeId, Policy>()
  readonly lastPolicies = new Map<VolumeId, Policy>()
  readonly attached = new Set<VolumeId>()
  /** Undefined: a cluster without snapshots. */
  snapshots: Map<SnapshotId, Policy> | undefined = new Map()
  readonly snapshotting = new Set<VolumeId>()

  async list(signal: AbortSignal): Promise<References> {
    await this.script.enter('list', '', signal)
    const { volumes, lastPolicies, attached, snapshots, snapshotting } = this
    return {
      volumes: new Map(volumes),
      lastPolicies: new Map(lastPolicies),
      attached: new Set(attached),
      snapshots: snapshots && new Map(snapshots),
      snapshotting: new Set(snapshotting),
    }
  }
}

/** What two processes share. */
export class MemoryLedgerStore {
  entries: ReadonlyMap<string, Memory> = new Map()
  version = 0
}

/** A ledger in memory. */
export class MemoryLedger implements OrphanLedger {
  readonly script = new MemoryScript()
  readonly store: MemoryLedgerStore

  constructor(store = new MemoryLedgerStore()) {
    this.store = store
  }

  async read(signal: AbortSignal): Promise<LedgerPage> {
    await this.script.enter('read', '', signal)
    const { entries, version } = this.store
    return { entries, version: version === 0 ? undefined : String(version) }
  }

  async write({ entries, version }: LedgerPage, signal: AbortSignal): Promise<void> {
    await this.script.enter('write', '', signal)
    const now = this.store.version === 0 ? undefined : String(this.store.version)
    if (version !== now) throw new StorageError('busy', 'somebody else wrote meanwhile')
    this.store.entries = new Map(entries)
    this.store.version += 1
  }
}

/** Files without disks. */
export class MemoryFiles implements BackingFiles {
  readonly script = new MemoryScript()
  readonly all: StrayFile[] = []

  async strays(signal: AbortSignal): Promise<readonly StrayFile[]> {
    await this.script.enter('strays', '', signal)
    return [...this.all]
  }
}
