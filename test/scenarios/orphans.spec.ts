import { describe, expect, it } from 'vitest'
import { Controller } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { CallFailed } from '../../src/demo/csi-client.ts'
import { DRIVER } from '../../src/demo/installation.ts'
import { capabilityOf, type Volume } from '../../src/demo/volume.ts'
import { Rig, valueOf } from './rig.ts'

const FLAGS = ['--orphan-check-interval=500ms', '--orphan-grace-period=2s', '--orphan-delete=true']
const LEDGER = `${DRIVER}-orphans`
const GiB = 1n << 30n

const persistentVolume = ({ id }: Volume): string => `/api/v1/persistentvolumes/${id}`
const orphans = async (rig: Rig, kind: string, state: string): Promise<number> =>
  valueOf(await rig.metrics(rig.controller), 'rds_csi_orphans', { kind, state })
const cleaned = async (rig: Rig): Promise<number> =>
  valueOf(await rig.metrics(rig.controller), 'rds_csi_orphans_cleaned_total')
const fileOf = (rig: Rig, id: string) => rig.device.files().find(file => file['name']?.includes(id))

/** A volume without a PersistentVolume, as after a claim that was deleted too early. */
async function forgotten(rig: Rig, name: string): Promise<string> {
  const wish = { claim: name, mode: 'Block', access: 'ReadWriteOnce', bytes: Number(GiB), parameters: {} } as const
  const request = { name, capacityRange: { requiredBytes: GiB }, volumeCapabilities: [capabilityOf(wish)] }
  const { volume } = await rig.controller.csi.call(Controller.method.createVolume, request)
  return volume?.volumeId ?? ''
}

describe('a controller that deletes orphans', { timeout: 90_000 }, () => {
  it('deletes what nothing names after the grace period, and nothing that something names', async () => {
    const rig = await Rig.start({ nodes: ['node-a'], flags: FLAGS })
    const bound = await rig.provision({ claim: 'bound' })
    const held = await rig.provision({ claim: 'held' })
    await rig.attacher.attach(held, 'node-a')
    const retained = await rig.provision({ claim: 'retained' })
    await rig.kube.patch(persistentVolume(retained), { spec: { persistentVolumeReclaimPolicy: 'Retain' } })
    const stranger = 'pvc-99999999-2222-4333-8444-555555555555'
    const at = { type: 'file', 'file-size': '512' }
    rig.device.perform('/disk/add', { ...at, slot: 'scratch', 'file-path': `/storage-pool/volumes/${stranger}.img` })
    rig.device.perform('/disk/remove', { '.id': 'scratch' })
    const orphan = await forgotten(rig, 'forgotten')

    await rig.eventually(async () => expect(await cleaned(rig)).toBe(1))
    expect(fileOf(rig, orphan)).toBeUndefined()
    await rig.kube.delete(persistentVolume(retained))
    await rig.eventually(async () => expect(await orphans(rig, 'volume', 'retained')).toBe(1))
    await rig.eventually(async () => expect(await orphans(rig, 'file', 'unproven')).toBe(1))
    await rig.controller.program.kill()
    await rig.startController()
    await rig.eventually(async () => expect(await orphans(rig, 'volume', 'retained')).toBe(1))
    // Longer than the grace period, with many checks in it.
    await rig.until('the grace period to pass', async () => (await checks(rig)) > 8 || undefined, 20_000)
    for (const { id } of [bound, held, retained]) expect(fileOf(rig, id), id).toBeDefined()
    expect(fileOf(rig, stranger)).toBeDefined()
    expect(await cleaned(rig)).toBe(0)
  })

  it('deletes nothing while the cluster cannot be listed to the end, and says so', async () => {
    const rig = await Rig.start({ nodes: [], flags: FLAGS })
    const orphan = await forgotten(rig, 'forgotten')
    await rig.eventually(async () => expect(await orphans(rig, 'volume', 'waiting')).toBe(1))
    const mend = rig.cluster.faults.add({
      verb: 'list',
      resource: 'volumeattachments',
      fault: { kind: 'status', code: 500 },
    })
    const before = await checks(rig)
    await rig.until('more checks', async () => (await checks(rig)) >= before + 8 || undefined, 20_000)
    expect(fileOf(rig, orphan)).toBeDefined()
    mend()
    await rig.eventually(async () => expect(fileOf(rig, orphan)).toBeUndefined(), 20_000)
  })
})

describe('a controller that only reports orphans', { timeout: 90_000 }, () => {
  it('counts them by kind and state', async () => {
    const rig = await Rig.start({ nodes: [], flags: FLAGS.slice(0, 2) })
    const { csi } = rig.controller
    const volume = await rig.provision({ claim: 'source' })
    const { snapshot } = await csi.call(Controller.method.createSnapshot, { name: 'lost', sourceVolumeId: volume.id })
    await forgotten(rig, 'forgotten')
    await seesAll(rig, ['volume waiting', 'volume due', 'snapshot waiting', 'snapshot due'])
    // Its content comes back, and says that it shall be kept.
    const content = { driver: DRIVER, deletionPolicy: 'Retain', source: { volumeHandle: volume.id } }
    const metadata = { name: 'snapcontent' }
    const status = { snapshotHandle: snapshot?.snapshotId ?? '' }
    rig.cluster.store.put('volumesnapshotcontents', { metadata, spec: content, status })
    await rig.eventually(async () => expect(await orphans(rig, 'snapshot', 'due')).toBe(0))
    rig.cluster.store.remove('volumesnapshotcontents', 'snapcontent')
    await rig.eventually(async () => expect(await orphans(rig, 'snapshot', 'retained')).toBe(1))
    expect(await cleaned(rig)).toBe(0)
    const ledger = rig.cluster.store.get('configmaps', LEDGER, 'rds-csi')?.['data'] as Record<string, string>
    expect(ledger[status.snapshotHandle]).toBe('retain')
    expect(ledger[volume.id]).toBe('delete')
    await followFile(rig, volume)
  })
})

/** The disk of a volume is removed by hand: its file is proven by the ledger, and goes through the states. */
async function followFile(rig: Rig, volume: Volume): Promise<void> {
  const disk = rig.device.disks().find(row => row['comment']?.includes(volume.id))
  rig.device.perform('/disk/remove', { '.id': disk?.['slot'] ?? '' })
  await rig.kube.delete(persistentVolume(volume))
  await seesAll(rig, ['file waiting', 'file due'])
  await rig.provisioner.remove(volume).catch((error: unknown) => expect(error).toBeInstanceOf(CallFailed))
}

/** Resolves once each of these was counted at some time. */
async function seesAll(rig: Rig, wanted: readonly string[]): Promise<void> {
  const seen = new Set<string>()
  await rig.eventually(async () => {
    for (const name of wanted) {
      const [kind = '', state = ''] = name.split(' ')
      if ((await orphans(rig, kind, state)) === 1) seen.add(name)
    }
    expect([...seen].toSorted()).toEqual(wanted.toSorted())
  }, 20_000)
}

/** How often the cluster was asked for all its PersistentVolumes, page by page and without a watch. */
async function checks(rig: Rig): Promise<number> {
  const lists = rig.cluster.faults.requestsOf({ verb: 'list', resource: 'persistentvolumes' })
  return lists.length
}
