import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import { Trap } from '../../../../../src/adapters/sim/routeros-device/trap.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk } from '../model-device.ts'
import { CHANGES, stateOf, SUBVOLUME } from './changes.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kept-device-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function start(dataDir: string): Promise<RunningDevice> {
  const device = await startDevice({
    api: LOCAL,
    dataDir,
    directories: ['storage-pool/v'],
    pool: { label: 'pool', uuid: '40437dbc-2318-45dc-817b-b3bb95cf48ab' },
    now: () => new Date('2026-10-02T03:04:05Z'),
  })
  onTestFinished(() => device.stop())
  return device
}

function carryOut(device: RunningDevice): void {
  for (const [path, args] of CHANGES) {
    try {
      device.perform(path, args)
    } catch (error) {
      if (!(error instanceof Trap)) throw error
    }
  }
}

const contents = (device: RunningDevice, name: string): number | undefined => Number(device.file(name)?.['size'])

describe('a device with a data folder', () => {
  it('is the same one when it is started again', async () => {
    const dataDir = folder()
    const first = await start(dataDir)
    carryOut(first)
    const [left, subvolumes] = [stateOf(first), first.print(SUBVOLUME)]
    expect(left.disks.map(disk => disk['slot'])).toEqual(['two', 'three', 'four'])
    await first.stop()
    const second = await start(dataDir)
    expect(stateOf(second)).toEqual(left)
    expect(second.print(SUBVOLUME)).toEqual(subvolumes)
  })

  it('goes on where it was: ids are not given twice, files keep their sizes', async () => {
    const dataDir = folder()
    const first = await start(dataDir)
    carryOut(first)
    const [ids, size] = [first.disks().map(disk => disk['.id']), contents(first, 'storage-pool/vol/volume.img')]
    await first.stop()
    const second = await start(dataDir)
    expect(contents(second, 'storage-pool/vol/volume.img')).toBe(size)
    second.perform('/disk/add', fileDisk('five'))
    expect(ids).not.toContain(second.disk('five')!['.id'])
    second.perform('/disk/remove', { numbers: 'two' })
    await second.stop()
    expect((await start(dataDir)).disks().map(disk => disk['slot'])).toEqual(['three', 'four', 'five'])
  })

  it('loses nothing that it was told a moment before its power failed', async () => {
    const dataDir = folder()
    const first = await start(dataDir)
    carryOut(first)
    await first.save()
    const left = stateOf(first)
    await first.die()
    expect(stateOf(await start(dataDir))).toEqual(left)
  })
})
