import { OrphanCheck } from '../../src/app/orphan-check.ts'
import { OrphanSurvey } from '../../src/app/orphan-survey.ts'
import { OrphanSweep } from '../../src/app/orphan-sweep.ts'
import { RecentUse } from '../../src/app/recent-use.ts'
import { KeyedLock } from '../../src/app/keyed-lock.ts'
import { GiB } from '../../src/domain/capacity.ts'
import type { Instant, SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import { FactListener } from '../../src/ports/fact-sink.ts'
import { ControllerHouse, FOLDER, never } from '../support/controller-house.ts'
import { MemoryFiles, MemoryLedger, MemoryReferences } from '../support/memory-references.ts'

export const HOUR = 3_600_000
export const GRACE = 24 * HOUR
const OTHER_OWNER = '7ba7b810-9dad-41d1-80b4-00c04fd430c8' as never
export const volumeNamed = (letter: string) => `pvc-${letter.repeat(8)}-2222-4333-8444-555555555555` as VolumeId
export const snapshotNamed = (letter: string) => `snap-${letter.repeat(8)}-2222-4333-8444-555555555555` as SnapshotId

export interface OrphanRigOptions {
  readonly deletes?: boolean
  /** What a former process has left in the cluster and on the appliance. */
  readonly after?: OrphanRig
}

/** The orphan check over the controller's own use cases, an appliance and a cluster in memory, and a simulated clock. */
export class OrphanRig {
  readonly house: ControllerHouse
  readonly references: MemoryReferences
  readonly ledger: MemoryLedger
  readonly files: MemoryFiles
  readonly check: OrphanCheck
  readonly lock: KeyedLock

  private constructor(parts: Pick<OrphanRig, 'house' | 'references' | 'ledger' | 'files'>, deletes: boolean) {
    this.house = parts.house
    this.references = parts.references
    this.ledger = parts.ledger
    this.files = parts.files
    const { house, references, ledger, files } = this
    const recent = new RecentUse()
    house.container.bind(FactListener).toConstantValue(recent)
    this.lock = house.container.get(KeyedLock)
    const told = { clock: house.clock, log: house.log, telemetry: house.telemetry }
    const { backend, hosts, snapshots } = house.appliance
    const survey = new OrphanSurvey({
      ...told,
      backend,
      hosts,
      snapshotBackend: snapshots,
      registry: house.registry,
      references,
      ledger,
      files,
      recent,
      orphanGrace: GRACE,
    })
    const sweep = new OrphanSweep({ ...told, survey, files, volumes: house.volumes, snapshots: house.snapshots })
    this.check = new OrphanCheck({ ...told, survey, sweep, orphanInterval: HOUR, orphanDelete: deletes })
  }

  static async start(options: OrphanRigOptions = {}): Promise<OrphanRig> {
    const { deletes = true, after } = options
    const rig = new OrphanRig(after === undefined ? anew() : goingOn(after), deletes)
    // Housekeeping stays out of it: days of it would pass in each test.
    const { backend, network } = rig.house.appliance
    await Promise.all([backend.start(never), network.start(never)])
    rig.house.registry.restore(new Map())
    rig.house.readiness.ready()
    return rig
  }

  /** A volume that has just been made, by nobody who would have told. */
  seed(id: VolumeId, owner: 'ours' | 'others' | 'unknown' = 'ours'): void {
    const whose = { ours: this.house.appliance.owner, others: OTHER_OWNER, unknown: 'unknown' } as const
    this.house.appliance.seed({ id, name: id, bytes: GiB, folder: FOLDER }, { to: 'nobody' }, whose[owner])
    this.made(id, this.house.clock.now())
  }

  /** Says when it was made. */
  made(id: VolumeId, createdAt: Instant): void {
    const disk = this.house.appliance.disks.get(id)
    if (disk !== undefined) disk.volume = { ...disk.volume, createdAt }
  }

  has(id: VolumeId): boolean {
    return this.house.appliance.disks.has(id)
  }

  /** One check after the other, an hour apart, as housekeeping has them. */
  async pass(hours: number): Promise<void> {
    for (let hour = 0; hour <= hours; hour += 1) {
      await this.check.tick(never)
      if (hour < hours) await this.house.clock.advance(HOUR)
    }
  }

  counts(kind: string, standing: string): number | undefined {
    return this.check.orphans()?.find(count => count.kind === kind && count.standing === standing)?.count
  }

  get cleaned(): number {
    return this.house.telemetry.observations.filter(({ type }) => type === 'orphan-cleaned').length
  }
}

const anew = () => ({
  house: new ControllerHouse(),
  references: new MemoryReferences(),
  ledger: new MemoryLedger(),
  files: new MemoryFiles(),
})

/** Another process, to which nothing is left but what lies outside of the former one. */
function goingOn({ house, references, ledger, files }: OrphanRig) {
  const { clock, appliance, cluster } = house
  return { house: new ControllerHouse({ clock, appliance, cluster }), references, ledger, files }
}
