import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import type { DeviceSwitches } from '../../../src/adapters/sim/routeros-device/switches.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import type { HostNqn, VolumeId } from '../../../src/domain/ids.ts'
import { type BackendProcess, live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const host = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
const fileOf = (volume: VolumeId): string => `${BASE_PATH}/${volume}.img`.slice(1)

/** A device with these habits, and a process that has listed it. */
async function started(switches: Partial<DeviceSwitches> = {}): Promise<RouterOsRig & BackendProcess> {
  const rig = await routerOsRig({ switches })
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

/** The other way of every switch that a driver could notice. */
const HABITS: readonly Partial<DeviceSwitches>[] = [
  {},
  { exportPropsShownWhenOff: true },
  { defaultNqn: 'prefixed' },
  { idStability: 'reused' },
  { idStability: 'renumberedAtRestart' },
  { addWithExistingFile: 'attached' },
  { addWithExistingFile: 'resized' },
  { sameFileTwice: 'accepted' },
  { missingDirectory: 'created' },
  { missingDirectory: 'emptyItem' },
  { secondExportOfOneNqn: 'accepted' },
  { removeExported: 'refused' },
  { removeFileInUse: 'allowed' },
  { removeDirectory: 'refused' },
  { allowHostChangeDropsSessions: true },
  { anySetDropsSessions: true },
  { failedAddLeavesFile: 'empty' },
  { failedAddLeavesFile: 'partial' },
  { failedAddLeavesFile: 'partial', unknownTexts: 'opaque' },
  { resizeVisible: 'atOnce' },
  { filePrintDefault: 'topLevel' },
  { noSuchItemCategory: 'missing', noSuchItemText: 'numbered' },
  { unknownTexts: 'opaque' },
  { slotMaxLength: Number.POSITIVE_INFINITY },
]

describe.each(HABITS)('on a device with %o', habits => {
  it('a volume lives as anywhere else', async () => {
    const rig = await started(habits)
    const before = rig.snapshot()
    const spec = specIn(rig, { bytes: GiB + 512 })
    await rig.backend.create(spec, live())
    await rig.access.allow(id, { to: 'host', host }, live())
    await rig.access.allow(id, { to: 'any' }, live())
    expect(rig.held(id)).toMatchObject({ bytes: GiB + 512, admitted: { to: 'any' } })
    await rig.device.die()
    await rig.device.restart()
    const after = rig.open()
    await after.backend.start(live())
    expect(await after.access.admitted(id, live())).toEqual({ to: 'any' })
    await after.access.revoke(id, live())
    expect((await after.backend.resize(id, 2 * GiB, live())).bytes).toBe(2 * GiB)
    await after.access.allow(id, { to: 'any' }, live())
    await after.backend.remove(id, live())
    expect(rig.snapshot()).toEqual(before)
  })

  it('a full pool is exhausted and nothing is left over', async () => {
    const rig = await started(habits)
    const before = rig.snapshot()
    rig.fill(GiB)
    await expect(rig.backend.create(specIn(rig, { bytes: 2 * GiB }), live())).rejects.toMatchObject({
      kind: 'exhausted',
    })
    expect(rig.snapshot()).toEqual(before)
  })

  it('a stranger in the slot is a conflict, and what the refused add left is named', async () => {
    const rig = await started(habits)
    const file = { type: 'file', 'file-path': '/storage-pool/csi/theirs.img', 'file-size': '4096' }
    rig.device.perform('/disk/add', { ...file, slot: slotOf(id) })
    const before = rig.snapshot()
    const disks = rig.device.disks()
    const leavesFile = (habits.failedAddLeavesFile ?? 'nothing') !== 'nothing'
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(leavesFile ? `file /${fileOf(id)} is there without a disk` : 'theirs.img'),
    })
    expect(rig.device.disks()).toEqual(disks)
    if (!leavesFile) expect(rig.snapshot()).toEqual(before)
  })

  it.each(['before', 'after'])(
    "a stranger's disk on the volume's file, made %s the listing, is a conflict",
    async when => {
      const rig = await started(habits)
      const theirs = { type: 'file', slot: 'theirs', 'file-path': `/${fileOf(id)}`, 'file-size': String(GiB) }
      rig.device.perform('/disk/add', theirs)
      if (when === 'before') await rig.backend.start(live())
      const before = rig.snapshot()
      await expect(rig.backend.create(specIn(rig, { bytes: GiB }), live())).rejects.toMatchObject({ kind: 'conflict' })
      expect(rig.snapshot()).toEqual(before)
    },
  )

  it('a volume that another process made meanwhile is found, not made twice', async () => {
    const rig = await started(habits)
    const second = rig.open()
    await second.backend.start(live())
    const made = await second.backend.create(specIn(rig), live())
    expect(await rig.backend.create(specIn(rig), live())).toEqual(made)
    expect(rig.device.disks()).toHaveLength(1)
  })

  it('what is gone is removed with success', async () => {
    const rig = await started(habits)
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/disk/remove', { '.id': slotOf(id) })
    rig.device.perform('/file/remove', { '.id': fileOf(id) })
    await rig.backend.remove(id, live())
    expect(await rig.backend.find(id, live())).toBeUndefined()
  })
})

describe('growth on a device that does not grow files', () => {
  it('is refused, and the volume stays as it was', async () => {
    const rig = await started({ setFileSize: 'refused' })
    await rig.backend.create(specIn(rig), live())
    await expect(rig.backend.resize(id, 2 * GiB, live())).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('file size can not be changed'),
    })
    expect(await rig.backend.find(id, live())).toMatchObject({ bytes: GiB })
  })
})

describe('a slot', () => {
  it('is what items are addressed by, so that ids may be given anew', async () => {
    const rig = await started({ idStability: 'renumberedAtRestart' })
    await rig.backend.create(specIn(rig), live())
    await rig.device.die()
    await rig.device.restart()
    await rig.access.allow(id, { to: 'any' }, live()).catch(() => rig.access.allow(id, { to: 'any' }, live()))
    expect(rig.held(id)?.admitted).toEqual({ to: 'any' })
    const sets = rig.device.commands.filter(({ path }) => path === '/disk/set')
    for (const { words } of sets) expect(words).toContain(`=.id=${slotOf(id)}`)
  })
})

describe('moving an export', () => {
  it('turns it off, makes sure, and turns it on', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    await rig.access.allow(id, { to: 'any' }, live())
    rig.device.clearCommands()
    await rig.access.allow(id, { to: 'host', host }, live())
    const [off, read, on, ...more] = rig.device.commands
    expect(more).toEqual([])
    expect(off).toMatchObject({ path: '/disk/set', words: [`=.id=${slotOf(id)}`, '=nvme-tcp-export=no'] })
    expect(read?.path).toBe('/disk/print')
    expect(on?.words).toEqual([
      `=.id=${slotOf(id)}`,
      '=nvme-tcp-export=yes',
      '=nvme-tcp-server-port=4420',
      `=nvme-tcp-server-nqn=nqn.2000-02.com.mikrotik:${id}`,
      `=nvme-tcp-server-allow-host-name=${host}`,
      '=mount-filesystem=no',
    ])
  })

  it('admits nobody else where the export did not go off', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    await rig.access.allow(id, { to: 'any' }, live())
    rig.device.faults.arm({ kind: 'trap', message: 'failure: device busy' }, { match: '/disk/set' })
    await expect(rig.access.allow(id, { to: 'host', host }, live())).rejects.toThrow('device busy')
    expect(rig.held(id)?.admitted).toEqual({ to: 'any' })
    expect(await rig.access.admitted(id, live())).toEqual({ to: 'any' })
  })

  it('mends an export under another name or port', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    const odd = { 'nvme-tcp-export': 'yes', 'nvme-tcp-server-port': '4421', 'nvme-tcp-server-nqn': 'disk1' }
    rig.device.perform('/disk/set', { '.id': slotOf(id), ...odd })
    await rig.backend.list(live())
    await rig.access.allow(id, { to: 'any' }, live())
    expect(rig.device.disk(slotOf(id))).toMatchObject({
      'nvme-tcp-server-port': '4420',
      'nvme-tcp-server-nqn': `nqn.2000-02.com.mikrotik:${id}`,
    })
  })
})

describe('an export that nobody knew of', () => {
  it.each(['made', 'exported'] as const)(
    'of a volume that another process %s keeps it from being removed',
    async did => {
      const rig = await started()
      const second = rig.open()
      if (did === 'exported') await rig.backend.create(specIn(rig), live())
      await second.backend.start(live())
      if (did === 'made') await second.backend.create(specIn(rig), live())
      await second.access.allow(id, { to: 'host', host }, live())
      const session = rig.session(id, host)
      // A removal that fails makes the next one look.
      if (did === 'exported') {
        rig.device.faults.arm({ kind: 'dropBefore' }, { match: '/disk/remove' })
        await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
      }
      await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'precondition' })
      expect(session?.live).toBe(true)
      await rig.access.revoke(id, live())
      await rig.backend.remove(id, live())
      expect(rig.held(id)).toBeUndefined()
    },
  )
})

describe('a disk that somebody disabled', () => {
  it('lets in nobody, is refused to be exported with what to do, and works once it is enabled', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    await rig.access.allow(id, { to: 'any' }, live())
    rig.device.perform('/disk/disable', { '.id': slotOf(id) })
    await rig.backend.list(live())
    expect(await rig.access.admitted(id, live())).toEqual({ to: 'nobody' })
    await expect(rig.access.allow(id, { to: 'any' }, live())).rejects.toMatchObject({
      kind: 'precondition',
      message: `disk "${slotOf(id)}" of volume ${id} is disabled on the appliance: enable it there`,
    })
    rig.device.perform('/disk/enable', { '.id': slotOf(id) })
    await rig.backend.list(live())
    expect(await rig.access.admitted(id, live())).toEqual({ to: 'any' })
  })

  it('is not disabled any more when it was enabled unseen', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/disk/disable', { '.id': slotOf(id) })
    await rig.backend.list(live())
    rig.device.perform('/disk/enable', { '.id': slotOf(id) })
    await rig.access.allow(id, { to: 'host', host }, live())
    expect(rig.session(id, host)?.live).toBe(true)
  })

  it('is revoked all the same: its sessions may have outlived it, and it may be enabled again', async () => {
    const rig = await started({ disableDropsSessions: false })
    await rig.backend.create(specIn(rig), live())
    await rig.access.allow(id, { to: 'host', host }, live())
    const session = rig.session(id, host)
    rig.device.perform('/disk/disable', { '.id': slotOf(id) })
    await rig.backend.list(live())
    expect(session?.live).toBe(true)
    await rig.access.revoke(id, live())
    expect(session?.live).toBe(false)
    rig.device.perform('/disk/enable', { '.id': slotOf(id) })
    expect(rig.session(id, host)).toBeUndefined()
  })
})

describe('a file system of the appliance', () => {
  it('is never mounted from a volume: every disk says so when it is made and when it is exported', async () => {
    const rig = await started()
    await rig.backend.create(specIn(rig), live())
    expect(rig.device.disk(slotOf(id))?.['mount-filesystem']).toBe('false')
    const older = volumeId('b')
    rig.addOlder(older, GiB)
    const next = rig.open()
    await next.backend.start(live())
    expect(rig.device.disk(older)?.['mount-filesystem']).toBe('true')
    await next.access.revoke(older, live())
    await next.access.allow(older, { to: 'any' }, live())
    expect(rig.device.disk(older)?.['mount-filesystem']).toBe('false')
  })
})
