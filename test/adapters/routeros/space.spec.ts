import { describe, expect, it, onTestFinished } from 'vitest'
import { GiB, MAX_VOLUME_BYTES } from '../../../src/domain/capacity.ts'
import { type SnapshotProcess, snapshotId, snapshotSpec } from '../../contracts/snapshot-backend.contract.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { type RigOptions, routerOsRig, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const other = volumeId('b')

async function rigged(options: RigOptions): Promise<RouterOsRig & SnapshotProcess> {
  const rig = await routerOsRig(options)
  onTestFinished(() => rig.close())
  const process = rig.open()
  await process.backend.start(live())
  return Object.assign(rig, process)
}

describe.each(['xfs', 'btrfs'] as const)('the reserve of a pool with %s', pool => {
  it('is not told as free, in percent or in bytes', async () => {
    for (const [reserve, kept] of [
      [{ percent: 5 }, Math.floor(7_681_574_174_720 / 20)],
      [{ bytes: 10 * GiB }, 10 * GiB],
    ] as const) {
      const rig = await rigged({ pool, reserve })
      const free = rig.device.free - kept
      const largest = free - (free % 512)
      expect(await rig.backend.capacity(live())).toEqual({ free, total: 7_681_574_174_720, largest })
    }
  })

  it('is taken by no volume, no growth and nothing made from others, and nothing is left over', async () => {
    const rig = await rigged({ pool, reserve: { bytes: 8 * GiB }, snapshots: 'copy' })
    await rig.backend.create(specIn(rig), live())
    rig.fill(8 * GiB + GiB - 512)
    const before = rig.snapshot()
    const clone = specIn(rig, { id: other, source: { from: 'volume', id } })
    await rig.backend.capacity(live())
    rig.device.clearCommands()
    for (const call of [
      () => rig.backend.create(specIn(rig, { id: other }), live()),
      () => rig.backend.resize(id, 2 * GiB, live()),
      () => rig.snapshots.clone(clone, id, live()),
    ]) {
      await expect(call()).rejects.toMatchObject({
        kind: 'exhausted',
        message: expect.stringContaining(`of which ${8 * GiB} are kept back`),
      })
    }
    const changes = rig.device.commands.filter(({ path }) => !path.endsWith('/print'))
    expect(changes).toEqual([])
    expect(rig.snapshot()).toEqual(before)
    rig.fill(8 * GiB + GiB)
    expect(await rig.backend.create(specIn(rig, { id: other }), live())).toMatchObject({ bytes: GiB })
  })

  it('that is used up already refuses snapshots, and deletion works', async () => {
    const rig = await rigged({ pool, reserve: { bytes: 8 * GiB }, snapshots: 'copy' })
    await rig.backend.create(specIn(rig), live())
    rig.fill(GiB)
    const taking = rig.snapshots.snapshot(snapshotSpec({ id: snapshotId('c') }), live())
    await expect(taking).rejects.toMatchObject({ kind: 'exhausted' })
    await rig.backend.remove(id, live())
    expect(await rig.backend.capacity(live())).toMatchObject({ free: 0, largest: 0 })
  })
})

describe('the largest volume', () => {
  it('is no larger than a volume may be, and none where the smallest does not fit', async () => {
    const rig = await rigged({ size: 40 * 1024 ** 4 })
    expect((await rig.backend.capacity(live())).largest).toBe(MAX_VOLUME_BYTES)
    rig.fill(GiB + 100)
    expect((await rig.backend.capacity(live())).largest).toBe(GiB)
    rig.fill(GiB - 512)
    expect(await rig.backend.capacity(live())).toMatchObject({ free: GiB - 512, largest: 0 })
  })
})

describe('volumes that are made at once', () => {
  it('do not take the reserve together, where each one alone would leave it', async () => {
    const rig = await rigged({ reserve: { bytes: 4 * GiB } })
    rig.fill(4 * GiB + 2 * GiB)
    await rig.backend.capacity(live())
    const ids = ['1', '2', '3', '4', '5'].map(volumeId)
    const results = await Promise.allSettled(ids.map(each => rig.backend.create(specIn(rig, { id: each }), live())))
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2)
    expect(rig.device.free).toBeGreaterThanOrEqual(4 * GiB)
  })
})
