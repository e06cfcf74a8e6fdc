import { describe, expect, it, onTestFinished } from 'vitest'
import { GiB } from '../../../src/domain/capacity.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'
import { until } from '../../support/routeros-transports.ts'

const id = volumeId('a')

async function rigged(): Promise<RouterOsRig> {
  const rig = await routerOsRig()
  onTestFinished(() => rig.close())
  return rig
}

describe('the first listing', () => {
  it('makes the base path, folder by folder, once', async () => {
    const rig = await rigged()
    await rig.open().backend.start(live())
    const folders = rig.device.files().filter(({ type }) => type === 'directory')
    expect(folders.map(({ name }) => name)).toEqual(['storage-pool/csi', 'storage-pool/csi/volumes'])
    rig.device.clearCommands()
    await rig.open().backend.start(live())
    expect(rig.device.commands.map(({ path }) => path)).toEqual(['/login', '/disk/print', '/file/print', '/file/print'])
  })

  it('asks for no more than it needs', async () => {
    const rig = await rigged()
    await rig.open().backend.start(live())
    const prints = rig.device.commands.filter(({ path }) => path.endsWith('/print'))
    for (const { words } of prints) expect(words.join(' ')).toContain('=.proplist=')
  })

  it('says when the pool is there but not mounted', async () => {
    const rig = await rigged()
    rig.device.mountPool(false)
    await expect(rig.open().backend.start(live())).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'cannot list the disks: disk "storage-pool" is there but not mounted',
    })
  })

  it('says when there is no such pool', async () => {
    const rig = await rigged()
    rig.device.faults.arm({ kind: 'trap', message: 'x' }, { match: '/none' })
    const { Appliance } = await import('../../../src/adapters/routeros/appliance.ts')
    const run = async () => ({ rows: [], ret: undefined })
    const transport = { run, streams: true, connected: true, made: 1, close: async () => undefined }
    await expect(new Appliance(transport, BASE_PATH).allDisks(live())).rejects.toMatchObject({
      kind: 'unavailable',
      message: `cannot list the disks: no disk is mounted at /storage-pool, in which the base path ${BASE_PATH} lies`,
    })
  })

  it('may be repeated and takes in what others did', async () => {
    const rig = await rigged()
    const { backend } = rig.open()
    const second = rig.open().backend
    await backend.start(live())
    await second.start(live())
    await second.create(specIn(rig), live())
    expect(await backend.known(id, live())).toBeUndefined()
    await backend.start(live())
    expect(await backend.known(id, live())).toMatchObject({ id, bytes: GiB })
  })

  it('that fails half way is none', async () => {
    const rig = await rigged()
    const { backend } = rig.open()
    rig.device.faults.arm({ kind: 'trap', message: 'failure: execution error' }, { match: '/file/print', skip: 1 })
    await expect(backend.start(live())).rejects.toMatchObject({ kind: 'internal' })
    await expect(backend.list(live())).rejects.toMatchObject({ kind: 'unavailable' })
    await backend.start(live())
    expect(await backend.list(live())).toEqual([])
  })

  it('of a user without the right says what is missing', async () => {
    const rig = await rigged()
    rig.device.faults.arm({ kind: 'trap', message: 'not enough permissions (9)' }, { match: '/disk/print' })
    await expect(rig.open().backend.start(live())).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringContaining('policies api, read and write'),
    })
  })
})

describe('a pool that is not mounted', () => {
  it('makes nothing look absent', async () => {
    const rig = await rigged()
    const { backend, access } = rig.open()
    await backend.start(live())
    await backend.create(specIn(rig), live())
    rig.device.mountPool(false)
    await expect(backend.list(live())).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(backend.capacity(live())).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(access.allow(volumeId('b'), { to: 'any' }, live())).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(backend.create(specIn(rig, { id: volumeId('b') }), live())).rejects.toMatchObject({
      kind: 'unavailable',
    })
    rig.device.mountPool()
    expect(await backend.list(live())).toMatchObject([{ id, bytes: GiB }])
  })
})

describe('a disk without a file', () => {
  it('does not hide the others from a list', async () => {
    const rig = await rigged()
    const { backend } = rig.open()
    await backend.start(live())
    await backend.create(specIn(rig), live())
    await backend.create(specIn(rig, { id: volumeId('b') }), live())
    rig.device.setSwitches({ removeFileInUse: 'allowed' })
    rig.device.perform('/file/remove', { '.id': `${BASE_PATH}/${id}.img`.slice(1) })
    const sizes = (await backend.list(live())).map(volume => volume.bytes)
    expect(sizes.toSorted((a, b) => a - b)).toEqual([0, GiB])
    await expect(backend.find(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    await backend.remove(id, live())
    expect(await backend.list(live())).toHaveLength(1)
  })
})

describe('a list', () => {
  it('that overlaps with changes takes none of them back', async () => {
    const rig = await rigged()
    const { backend, access } = rig.open()
    await backend.start(live())
    await backend.create(specIn(rig, { id: volumeId('b') }), live())
    rig.device.faults.arm({ kind: 'delayReply', ms: 100 }, { match: '/disk/print' })
    const listing = backend.list(live())
    await until(() => rig.device.commands.at(-1)?.path === '/disk/print')
    await backend.create(specIn(rig), live())
    await access.allow(id, { to: 'any' }, live())
    await backend.remove(volumeId('b'), live())
    expect((await listing).map(volume => volume.id)).toEqual([id])
    expect(await backend.find(id, live())).toMatchObject({ id })
    expect(await access.admitted(id, live())).toEqual({ to: 'any' })
    expect(await backend.find(volumeId('b'), live())).toBeUndefined()
  })
})
