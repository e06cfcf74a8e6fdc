import { beforeEach, describe, expect, it } from 'vitest'
import { Appliance } from '../../../../src/adapters/routeros/appliance.ts'
import { writeComment } from '../../../../src/adapters/routeros/comment.ts'
import { RouterOsBackingFiles } from '../../../../src/adapters/routeros/operations/backing-files.ts'
import { slotOf } from '../../../../src/adapters/routeros/slot.ts'
import type { ClusterId, SnapshotId, VolumeId } from '../../../../src/domain/ids.ts'
import { BASE_PATH, openTransport, probeRig, type ProbeRig } from './probe-rig.ts'

const A = 'pvc-aaaaaaaa-0000-4000-8000-000000000001' as VolumeId
const B = 'pvc-bbbbbbbb-0000-4000-8000-000000000001' as VolumeId
const S = 'snap-aaaaaaaa-0000-4000-8000-000000000002' as SnapshotId
const OWNER = '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
const FOLDER = BASE_PATH.slice(1)
const live = (): AbortSignal => AbortSignal.timeout(10_000)

let rig: ProbeRig
const strays = () => new RouterOsBackingFiles(new Appliance(openTransport(rig.device), BASE_PATH)).strays(live())

/** A disk on a file, with its folder where that is missing. */
function disk(path: string, slot: string): void {
  rig.device.perform('/disk/add', { type: 'file', slot, 'file-path': `/${path}`, 'file-size': '1048576' })
}
function file(path: string): void {
  disk(path, 'scratch')
  rig.device.perform('/disk/remove', { '.id': 'scratch' })
}
const subvolume = (name: string, args: Readonly<Record<string, string>> = {}): string | undefined =>
  rig.device.perform('/disk/btrfs/subvolume/add', {
    fs: 'storage-pool-fs',
    name: name.replace('storage-pool/', ''),
    ...args,
  })

beforeEach(async () => {
  rig = await probeRig({ directories: [FOLDER] })
})

describe('files without disks', () => {
  it('are those that have the name of a volume or snapshot', async () => {
    for (const name of [`${A}.img`, `${S}.img`, 'notes.txt', 'backup.img', `copy-of-${A}.img`])
      file(`${FOLDER}/${name}`)
    expect(await strays()).toEqual([
      { kind: 'file', of: 'volume', id: A, path: `${BASE_PATH}/${A}.img`, from: undefined },
      { kind: 'file', of: 'snapshot', id: S, path: `${BASE_PATH}/${S}.img`, from: undefined },
    ])
  })

  it('are none while a disk uses them, ours or not', async () => {
    disk(`${FOLDER}/${A}.img`, slotOf(A))
    disk(`${FOLDER}/${B}.img`, 'a-stranger')
    expect(await strays()).toEqual([])
  })

  it('are none outside the base path', async () => {
    file(`storage-pool/${A}.img`)
    subvolume(`storage-pool/${B}`)
    expect(await strays()).toEqual([])
  })

  it('are subvolumes of volumes too, with what their names say that they were made from', async () => {
    subvolume(`${FOLDER}/${A}`)
    disk(`${FOLDER}/${A}/volume.img`, slotOf(A))
    subvolume(`${FOLDER}/${B}.from-${slotOf(A)}`, { parent: `csi/volumes/${A}` })
    subvolume(`${FOLDER}/somebody-else`)
    expect(await strays()).toEqual([
      { kind: 'file', of: 'volume', id: B, path: `${BASE_PATH}/${B}.from-${slotOf(A)}`, from: A },
    ])
  })

  it('are volumes whose making from a source was never finished, with that source', async () => {
    const tag = { owner: OWNER, id: B, name: B, createdAt: undefined, source: { from: 'volume', id: A } } as const
    disk(`${FOLDER}/${B}.img`, slotOf(B))
    const set = (comment: string) => rig.device.perform('/disk/set', { '.id': slotOf(B), comment })
    set(writeComment({ ...tag, unfinished: true }))
    expect(await strays()).toEqual([{ kind: 'file', of: 'volume', id: B, path: `${BASE_PATH}/${B}.img`, from: A }])
    set(writeComment(tag))
    expect(await strays()).toEqual([])
  })

  it('cannot be told while the pool is not mounted: nothing is missing then', async () => {
    file(`${FOLDER}/${A}.img`)
    rig.device.mountPool(false)
    await expect(strays()).rejects.toMatchObject({ kind: 'unavailable' })
  })
})
