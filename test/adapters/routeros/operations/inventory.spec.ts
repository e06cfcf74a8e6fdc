import { beforeEach, describe, expect, it } from 'vitest'
import { Appliance } from '../../../../src/adapters/routeros/appliance.ts'
import { writeComment } from '../../../../src/adapters/routeros/comment.ts'
import { RouterOsInventory } from '../../../../src/adapters/routeros/operations/inventory.ts'
import { slotOf, snapshotSlotOf } from '../../../../src/adapters/routeros/slot.ts'
import { writeSnapshotComment } from '../../../../src/adapters/routeros/snapshot-comment.ts'
import { subvolumeName } from '../../../../src/adapters/routeros/subvolume-name.ts'
import { type ClusterId, instant, type SnapshotId, type VolumeId } from '../../../../src/domain/ids.ts'
import { BASE_PATH, openTransport, probeRig, type ProbeRig } from './probe-rig.ts'

const A = 'pvc-aaaaaaaa-0000-4000-8000-000000000001' as VolumeId
const B = 'vol-bbbbbbbb-0000-4000-8000-000000000001' as VolumeId
const OLD = 'pvc-cccccccc-0000-4000-8000-000000000001' as VolumeId
const S = 'snap-aaaaaaaa-0000-4000-8000-000000000002' as SnapshotId
const T = 'snap-bbbbbbbb-0000-4000-8000-000000000002' as SnapshotId
const OWNER = '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
const OTHER = '7ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
const MADE = instant(Date.UTC(2026, 3, 1, 12))
const MIB = 1024 ** 2

let rig: ProbeRig
const take = () =>
  new RouterOsInventory(new Appliance(openTransport(rig.device), BASE_PATH)).take(AbortSignal.timeout(10_000))

function disk(path: string, args: Readonly<Record<string, string>>): void {
  rig.device.perform('/disk/add', {
    type: 'file',
    'file-path': `${BASE_PATH}/${path}`,
    'file-size': String(MIB + 512),
    ...args,
  })
}
const subvolume = (name: string, args: Readonly<Record<string, string>> = {}) =>
  rig.device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: `csi/volumes/${name}`, ...args })

beforeEach(async () => {
  rig = await probeRig({ directories: [BASE_PATH.slice(1), 'storage-pool/elsewhere'], switches: { slotMaxLength: 40 } })
})

describe('the inventory of an appliance', () => {
  it('has volumes of every owner, to the byte, with their names and times', async () => {
    const comment = (owner: ClusterId, id: VolumeId, name: string) =>
      writeComment({ owner, id, name, createdAt: MADE, source: undefined, note: undefined })
    disk(`${A}.img`, { slot: slotOf(A), comment: comment(OWNER, A, A), 'nvme-tcp-export': 'yes' })
    subvolume(B)
    disk(`${B}/volume.img`, { slot: slotOf(B), comment: comment(OTHER, B, 'my data') })
    const { volumes } = await take()
    expect(volumes).toEqual([
      {
        id: A,
        owner: OWNER,
        name: A,
        bytes: MIB + 512,
        createdAt: MADE,
        exported: true,
        layout: 'file',
        folder: BASE_PATH,
      },
      {
        id: B,
        owner: OTHER,
        name: 'my data',
        bytes: MIB + 512,
        createdAt: MADE,
        exported: false,
        layout: 'subvolume',
        folder: BASE_PATH,
      },
    ])
  })

  it("has the older driver's volumes of 40 characters, without owner, name and time", async () => {
    disk(`${OLD}.img`, { slot: OLD })
    expect((await take()).volumes).toEqual([
      {
        id: OLD,
        owner: undefined,
        name: undefined,
        bytes: MIB + 512,
        createdAt: undefined,
        exported: false,
        layout: 'file',
        folder: BASE_PATH,
      },
    ])
  })

  it('has snapshots that are subvolumes, and snapshots that are copies', async () => {
    subvolume(A)
    disk(`${A}/volume.img`, { slot: slotOf(A), comment: 'somebody else' })
    const name = subvolumeName({ of: 'snapshot', id: S, source: A, owner: OWNER, group: undefined })
    subvolume(name, { parent: `csi/volumes/${A}`, 'read-only': 'yes' })
    const tag = { owner: OTHER, id: T, source: B, group: undefined, createdAt: MADE, ready: true }
    disk(`${T}.img`, { slot: snapshotSlotOf(T), comment: writeSnapshotComment(tag) })
    const { volumes, snapshots } = await take()
    expect(volumes).toEqual([])
    expect(snapshots).toEqual([
      { id: T, owner: OTHER, source: B, bytes: MIB + 512, createdAt: MADE },
      { id: S, owner: OWNER, source: A, bytes: MIB + 512, createdAt: expect.any(Number) as number },
    ])
  })

  it('has nothing of strangers, nothing half made, and nothing outside the base path', async () => {
    disk('backup.img', { slot: 'backup-pvc' })
    disk(`${A}.img`, { slot: slotOf(A), comment: 'mine' })
    const half = { owner: OWNER, id: B, name: B, createdAt: MADE, unfinished: true }
    disk(`${B}.img`, { slot: slotOf(B), comment: writeComment(half) })
    const outside = { type: 'file', 'file-path': `/storage-pool/elsewhere/${OLD}.img`, 'file-size': '512', slot: OLD }
    rig.device.perform('/disk/add', outside)
    expect(await take()).toEqual({ volumes: [], snapshots: [] })
  })

  it('changes nothing', async () => {
    disk(`${OLD}.img`, { slot: OLD })
    rig.device.clearCommands()
    await take()
    expect(
      rig.device.commands.map(({ path }) => path).filter(path => !/\/(print|login)$|^\/login$/.test(path)),
    ).toEqual([])
  })
})
