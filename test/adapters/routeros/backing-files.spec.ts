import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { type BackendProcess, live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { BASE_PATH, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const path = `${BASE_PATH}/${id}.img`
const name = path.slice(1)

async function rigged(prepare: (rig: RouterOsRig) => void = () => undefined): Promise<RouterOsRig & BackendProcess> {
  const rig = await routerOsRig()
  onTestFinished(() => rig.close())
  for (const folder of ['storage-pool/csi', 'storage-pool/csi/volumes']) {
    rig.device.perform('/file/add', { name: folder, type: 'directory' })
  }
  prepare(rig)
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

/** A file without a disk, as one of another size or the same is left by a removal that was cut short. */
function leaveFile(rig: RouterOsRig, bytes: number, at = path): void {
  rig.device.perform('/disk/add', { type: 'file', slot: 'x', 'file-path': at, 'file-size': String(bytes) })
  rig.device.perform('/disk/remove', { '.id': 'x' })
}

describe('a file without a disk', () => {
  it('of the right size is attached as it is', async () => {
    const rig = await rigged(bare => leaveFile(bare, GiB))
    const modified = rig.device.file(name)
    expect(await rig.backend.create(specIn(rig), live())).toMatchObject({ bytes: GiB })
    const add = rig.device.commands.find(({ path: sent }) => sent === '/disk/add')
    expect(add?.words.some(word => word.startsWith('=file-size='))).toBe(false)
    expect(rig.device.file(name)).toEqual(modified)
  })

  it('of another size is a conflict that names it, and stays', async () => {
    const rig = await rigged(bare => leaveFile(bare, 2 * GiB))
    const before = rig.snapshot()
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`file ${path} is there without a disk and has ${2 * GiB} bytes, not ${GiB}`),
    })
    expect(rig.snapshot()).toEqual(before)
  })

  it('that was taken away meanwhile is made anew', async () => {
    const rig = await rigged(bare => leaveFile(bare, 2 * GiB))
    rig.device.perform('/file/remove', { '.id': name })
    expect(await rig.backend.create(specIn(rig), live())).toMatchObject({ bytes: GiB })
  })

  it('of a volume is removed with it', async () => {
    const rig = await rigged(bare => leaveFile(bare, 2 * GiB))
    await rig.backend.remove(id, live())
    expect(rig.device.file(name)).toBeUndefined()
  })

  it('of another volume, whose name only looks alike, is never touched', async () => {
    const others = [`${BASE_PATH}/x${id}.img`, `${BASE_PATH}/${id}.img.bak`, `/storage-pool/csi/${id}.img`]
    const rig = await rigged(bare => others.forEach(other => leaveFile(bare, 4096, other)))
    const before = rig.snapshot()
    await rig.backend.create(specIn(rig), live())
    await rig.backend.remove(id, live())
    await rig.backend.remove(id, live())
    expect(rig.snapshot()).toEqual(before)
  })

  it('that stays because its removal failed is an error, and the retry finishes', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    rig.device.faults.arm({ kind: 'trap', message: 'failure: try again' }, { match: '/file/remove' })
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(rig.device.file(name)).toBeDefined()
    expect(await rig.backend.find(id, live())).toBeUndefined()
    await rig.backend.remove(id, live())
    expect(rig.device.file(name)).toBeUndefined()
  })

  it('that somebody else’s disk uses is kept, and that is said', async () => {
    const rig = await rigged(bare => {
      bare.device.perform('/disk/add', { type: 'file', slot: 'mine', 'file-path': path, 'file-size': '4096' })
    })
    const before = rig.snapshot()
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({ kind: 'conflict' })
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(rig.snapshot()).toEqual(before)
    rig.device.perform('/disk/remove', { '.id': 'mine' })
    await rig.backend.remove(id, live())
    expect(rig.device.file(name)).toBeUndefined()
  })
})

describe('the file of a volume that is removed', () => {
  it('is kept where somebody made another disk of it meanwhile, and that is said', async () => {
    const rig = await rigged()
    rig.device.setSwitches({ removeFileInUse: 'allowed' })
    await rig.backend.create(specIn(rig), live())
    rig.device.perform('/disk/remove', { '.id': slotOf(id) })
    rig.device.perform('/disk/add', { type: 'file', slot: 'rescued', 'file-path': path, comment: 'by hand' })
    const before = rig.snapshot()
    await expect(rig.backend.remove(id, live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('disk "rescued"'),
    })
    expect(rig.snapshot()).toEqual(before)
  })

  it('is not taken for gone by the device’s word alone, and neither is its disk', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig), live())
    for (const command of ['/disk/remove', '/file/remove']) {
      rig.device.faults.arm({ kind: 'trap', message: 'no such item' }, { match: command })
      await expect(rig.backend.remove(id, live()), command).rejects.toMatchObject({ kind: 'unavailable' })
      expect(rig.device.file(name)).toBeDefined()
    }
    await rig.backend.remove(id, live())
    expect(rig.device.file(name)).toBeUndefined()
  })

  it('is told from a copy in a folder without volumes, which stays however often it is removed', async () => {
    const copy = `${BASE_PATH}/backup/${id}.img`
    const rig = await rigged(bare => {
      bare.device.perform('/file/add', { name: `${BASE_PATH}/backup`.slice(1), type: 'directory' })
      bare.device.perform('/file/add', { name: copy.slice(1), type: 'file', contents: 'the copy' })
    })
    await rig.backend.create(specIn(rig), live())
    for (const time of [1, 2, 3]) {
      await rig.backend.remove(id, live())
      expect(rig.device.file(name), String(time)).toBeUndefined()
      expect(rig.device.file(copy.slice(1)), String(time)).toBeDefined()
    }
    const message = 'a file with the name of a removed volume is kept'
    expect(rig.recorder.lines).toContainEqual({ level: 'warn', message, fields: { volume: id, file: copy } })
  })

  it('is found in the folder of a class by the next process', async () => {
    const folder = `${BASE_PATH}/gold`
    const rig = await rigged()
    await rig.backend.create(specIn(rig, { folder }), live())
    await rig.backend.create(specIn(rig, { id: volumeId('b'), folder }), live())
    rig.device.perform('/disk/remove', { '.id': slotOf(id) })
    const next = rig.open()
    await next.backend.start(live())
    await next.backend.remove(id, live())
    expect(rig.device.file(`${folder}/${id}.img`.slice(1))).toBeUndefined()
  })
})

describe('a file that a refused add left behind', () => {
  it.each(['empty', 'partial'] as const)('is removed when it is %s, so that the next try succeeds', async left => {
    const rig = await rigged()
    rig.device.setSwitches({ failedAddLeavesFile: left, unknownTexts: 'opaque' })
    rig.fill(GiB)
    await expect(rig.backend.create(specIn(rig, { bytes: 2 * GiB }), live())).rejects.toMatchObject({
      kind: 'exhausted',
    })
    expect(rig.device.file(name)).toBeUndefined()
    rig.fill()
    expect(await rig.backend.create(specIn(rig, { bytes: 2 * GiB }), live())).toMatchObject({ bytes: 2 * GiB })
  })

  it('before the link was lost is a conflict that names it, since somebody may have put it there', async () => {
    const rig = await rigged()
    rig.breakAfter(0, 'undone')
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'unavailable' })
    await rig.restoreLink()
    rig.device.perform('/file/add', { name, type: 'file', contents: 'restored from a backup' })
    for (const attempt of [1, 2]) {
      await expect(rig.backend.create(specIn(rig), live()), String(attempt)).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(`file ${path} is there without a disk`),
      })
    }
    expect(rig.device.file(name)?.['size']).toBe('22')
  })

  it.each(['guessed', 'opaque'] as const)(
    'and that came after the listing stays, with texts %s',
    async unknownTexts => {
      const rig = await rigged()
      rig.device.setSwitches({ addWithExistingFile: 'refused', unknownTexts })
      rig.device.perform('/file/add', { name, type: 'file', contents: 'precious data' })
      await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({
        kind: 'conflict',
        message: expect.stringContaining(`file ${path} is there without a disk and has 13 bytes, not ${GiB}`),
      })
      expect(rig.device.file(name)?.['size']).toBe('13')
    },
  )

  it('is told from one that somebody else made in the meantime', async () => {
    const rig = await rigged()
    const theirs = { type: 'file', slot: 'mine', 'file-path': path, 'file-size': '4096' }
    rig.device.perform('/disk/add', theirs)
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    rig.device.perform('/disk/remove', { '.id': 'mine' })
    await rig.backend.list(live())
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(rig.device.file(name)?.['size']).toBe('4096')
  })

  it('stays where it may be somebody else’s', async () => {
    const rig = await rigged(bare => leaveFile(bare, 4096))
    rig.device.setSwitches({ addWithExistingFile: 'refused' })
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'conflict' })
    expect(rig.device.file(name)?.['size']).toBe('4096')
  })
})

describe('what is read back after an add', () => {
  it('and is not what was asked for is taken back, both sizes are named, and the file stays', async () => {
    const rig = await rigged()
    // The device takes another size than it is told: a file of that size comes first.
    rig.device.setSwitches({ addWithExistingFile: 'attached' })
    leaveFile(rig, 4096)
    const before = rig.snapshot()
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(`${GiB} bytes .*4096 bytes read back; the file ${path} was left as it is`),
    })
    expect(rig.device.disks()).toEqual([])
    expect(rig.snapshot()).toEqual(before)
  })

  it('and is said to be gone when it is taken back, but is not, is an error', async () => {
    const rig = await rigged()
    rig.device.setSwitches({ addWithExistingFile: 'attached' })
    leaveFile(rig, 4096)
    rig.device.faults.arm({ kind: 'trap', message: 'no such item' }, { match: '/disk/remove' })
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(rig.device.disks()).toHaveLength(1)
  })

  it('and cannot be read leaves the volume in doubt, and the next call finds it', async () => {
    const rig = await rigged()
    rig.breakAfter(1, 'undone')
    await expect(rig.backend.create(specIn(rig), live())).rejects.toMatchObject({ kind: 'unavailable' })
    await rig.restoreLink()
    expect(await rig.backend.find(id, live())).toMatchObject({ id, bytes: GiB })
  })
})

describe('a folder', () => {
  it.each([
    ['itself', `${BASE_PATH}/gold/fast`],
    ['with the one above it', `${BASE_PATH}/gold`],
    ['with the base path', BASE_PATH],
  ])('that was taken away %s is made again by the next try', async (_, gone) => {
    const rig = await rigged()
    const folder = `${BASE_PATH}/gold/fast`
    await rig.backend.create(specIn(rig, { folder }), live())
    await rig.backend.remove(id, live())
    rig.device.perform('/file/remove', { '.id': gone.slice(1) })
    await expect(rig.backend.create(specIn(rig, { folder }), live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await rig.backend.create(specIn(rig, { folder }), live())).toMatchObject({ folder })
    expect(await rig.backend.create(specIn(rig, { id: volumeId('b') }), live())).toMatchObject({ folder: BASE_PATH })
  })

  it('whose parent was taken away before it was made is made by the next try', async () => {
    const rig = await rigged()
    await rig.backend.create(specIn(rig, { folder: `${BASE_PATH}/gold` }), live())
    await rig.backend.remove(id, live())
    rig.device.perform('/file/remove', { '.id': `${BASE_PATH}/gold`.slice(1) })
    const folder = `${BASE_PATH}/gold/fast`
    await expect(rig.backend.create(specIn(rig, { folder }), live())).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await rig.backend.create(specIn(rig, { folder }), live())).toMatchObject({ folder })
  })

  it('that another process made first is used', async () => {
    const rig = await rigged()
    rig.device.perform('/file/add', { name: `${BASE_PATH}/gold`.slice(1), type: 'directory' })
    const folder = `${BASE_PATH}/gold/fast`
    expect(await rig.backend.create(specIn(rig, { folder }), live())).toMatchObject({ folder })
    const next = rig.open()
    await next.backend.start(live())
    expect(rig.held(id)?.bytes).toBe(GiB)
    expect(slotOf(id)).toHaveLength(30)
  })
})
