import { GIB, type Scene } from '../scene.ts'
import type { Volume, Wish } from '../volume.ts'

/** The volumes whose lives are shown. */
export interface Volumes {
  /** Disk of a virtual machine that is migrated. */
  readonly vm: Volume
  /** Disk of one whose migration takes too long. */
  readonly slow: Volume
  /** A disk for one node only. */
  readonly database: Volume
  /** A file system. */
  readonly files: Volume
}

const shared = { mode: 'Block', access: 'ReadWriteMany', bytes: GIB } as const

/** The shortest time-out that is allowed. */
export const SLOW_TIMEOUT = '30s'
/** What a StorageClass without one gets. */
export const USUAL_TIMEOUT = '5m0s'

const WISHES: Readonly<Record<keyof Volumes, Wish>> = {
  vm: { claim: 'vm-disk', ...shared, parameters: {} },
  slow: { claim: 'slow-vm-disk', ...shared, parameters: { migrationTimeoutSeconds: '30' } },
  database: {
    claim: 'database',
    mode: 'Block',
    access: 'ReadWriteOnce',
    bytes: GIB,
    parameters: { reconnectDelay: '1' },
  },
  files: { claim: 'files', mode: 'Filesystem', access: 'ReadWriteOnce', bytes: GIB, parameters: {} },
}

/** CreateVolume for all of them at once, with claim and PersistentVolume. */
export async function createVolumes({ report, provisioner }: Scene): Promise<Volumes> {
  report.chapter('Four claims become volumes')
  const make = (name: keyof Volumes): Promise<Volume> =>
    report.step(
      volume => told(volume),
      () => provisioner.provision(WISHES[name]),
    )
  const [vm, slow, database, files] = await Promise.all([make('vm'), make('slow'), make('database'), make('files')])
  return { vm, slow, database, files }
}

const told = ({ id, wish }: Volume): string =>
  `${wish.claim}: ${wish.bytes / GIB} GiB, ${wish.mode}, ${wish.access} -> ${id}`

/** DeleteVolume for all of them; then nothing of them is left on the appliance. */
export async function deleteVolumes(scene: Scene, volumes: Volumes): Promise<void> {
  const { report, provisioner } = scene
  report.chapter('The volumes are deleted')
  for (const volume of Object.values(volumes) as Volume[]) {
    await report.step(`${volume.wish.claim}: volume, PersistentVolume and claim are gone`, () =>
      provisioner.remove(volume),
    )
  }
  await report.step('the appliance has no disk and no file left', async () => {
    const left = [...(await scene.volumesListed()), ...(await scene.filesOnAppliance())]
    if (left.length > 0) throw new Error(`left on the appliance: ${left.join(', ')}`)
  })
}
