import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'

const MIB = 1024 ** 2

/** A device with the disks `a` and `b` of 8 MiB; `a` holds something. */
async function start(
  options: DeviceOptions = {},
): Promise<{ device: RunningDevice; talker: ApiTalker; image: Buffer }> {
  const device = await startDevice({ api: LOCAL, ...options })
  onTestFinished(() => device.stop())
  for (const slot of ['a', 'b']) {
    device.perform('/disk/add', { type: 'file', slot, 'file-path': `storage-pool/${slot}.img`, 'file-size': '8M' })
  }
  const image = Buffer.concat([Buffer.alloc(2 * MIB), randomBytes(MIB)])
  writeFileSync(device.locate('storage-pool/a.img'), image)
  // Real files stay as long as the device says.
  truncateSync(device.locate('storage-pool/a.img'), 8 * MIB)
  return { device, talker: await ApiTalker.loggedIn(device), image }
}

const bytes = (device: RunningDevice, slot: string): Buffer => readFileSync(device.locate(`storage-pool/${slot}.img`))
const SLOW = { bytesPerSecond: 40 * MIB, tellMs: 50 }

describe('/disk/copy', () => {
  it('copies bytes from disk to disk and tells how far it is', async () => {
    const { device, talker } = await start({ copy: SLOW })
    const told = await talker.ask('/disk/copy', '=src=a', '=dst=b', '.tag=7')
    expect(bytes(device, 'b').equals(bytes(device, 'a'))).toBe(true)
    expect(told[0]).toEqual(['!re', '.tag=7', '=status=0 / 8192.0KiB (0%)'])
    expect(told.slice(1, -2).map(words => words[2])).toEqual(
      [25, 50, 75].map(percent => expect.stringContaining(`/ 8192.0KiB (${percent}%)`)),
    )
    expect(told.slice(-2)).toEqual([
      ['!re', '.tag=7', '=status=8192.0KiB / 8192.0KiB (100%)'],
      ['!done', '.tag=7'],
    ])
  })

  it('keeps holes, and takes away what was in their place', async () => {
    const { device, talker } = await start()
    await talker.ask('/disk/copy', '=src=a', '=dst=b')
    expect(statSync(device.locate('storage-pool/b.img')).blocks * 512).toBeLessThan(3 * MIB)
    writeFileSync(device.locate('storage-pool/b.img'), Buffer.alloc(8 * MIB, 9))
    await talker.ask('/disk/copy', '=src=a', '=dst=b')
    expect(bytes(device, 'b').equals(bytes(device, 'a'))).toBe(true)
  })

  it('copies a part, from files by their paths', async () => {
    const { device, talker, image } = await start()
    const part = [`=src-offset=${2 * MIB}`, `=dst-offset=${MIB}`, `=size=${MIB}`]
    await talker.ask('/disk/copy', '=src=/storage-pool/a.img', '=dst=storage-pool/b.img', ...part)
    expect(
      bytes(device, 'b')
        .subarray(MIB, 2 * MIB)
        .equals(image.subarray(2 * MIB)),
    ).toBe(true)
    expect(bytes(device, 'b').subarray(0, MIB).equals(Buffer.alloc(MIB))).toBe(true)
  })

  it('refuses what does not fit, and what is not there', async () => {
    const { device, talker } = await start()
    device.perform('/disk/set', { '.id': 'a', 'file-size': '9M' })
    const refusal = async (...words: string[]): Promise<string | undefined> =>
      (await talker.ask('/disk/copy', ...words))[0]?.at(-1)
    expect(await refusal('=src=a', '=dst=b')).toBe('=message=failure: destination is too small')
    expect(await refusal('=src=b', '=dst=x')).toContain('value of dst')
    expect(await refusal('=src=b')).toBe('=message=missing =dst=')
    expect(await refusal('=src=b', '=dst=a', `=size=${9 * MIB}`)).toContain('invalid value')
    expect(await refusal('=src=storage-pool', '=dst=a')).toContain('not supported')
    device.setSwitches({ diskCopySlots: 'refused' })
    expect(await refusal('=src=b', '=dst=a')).toContain('not supported')
    expect(await talker.ask('/disk/copy', '=src=/storage-pool/b.img', '=dst=/storage-pool/a.img')).toContainEqual([
      '!done',
    ])
  })

  it('holds both disks and files while it runs, and ends half-way when it is cancelled', async () => {
    const { device, talker } = await start({ copy: { bytesPerSecond: MIB, tellMs: 50 } })
    talker.send('/disk/copy', '=src=a', '=dst=b', '.tag=c')
    await expect.poll(() => talker.received.length).toBeGreaterThan(2)
    for (const slot of ['a', 'b']) {
      expect(() => device.perform('/disk/remove', { '.id': slot })).toThrow('disk is in use')
      expect(() => device.perform('/file/remove', { '.id': `storage-pool/${slot}.img` })).toThrow('file is in use')
    }
    talker.send('/cancel', '=tag=c', '.tag=x')
    await expect.poll(() => talker.received).toContainEqual(['!trap', '.tag=c', '=category=2', '=message=interrupted'])
    expect(talker.received).toContainEqual(['!done', '.tag=x'])
    device.perform('/disk/remove', { '.id': 'b' })
  })

  it.each(['finishes', 'abandoned'] as const)('whose client went away: %s', async vanishedClient => {
    const { device, talker } = await start({ switches: { vanishedClient }, copy: SLOW })
    talker.send('/disk/copy', '=src=a', '=dst=b')
    await expect.poll(() => talker.received.length).toBeGreaterThan(1)
    talker.socket.destroy()
    const inUse = (): boolean => {
      try {
        device.perform('/disk/remove', { '.id': 'b' })
        return false
      } catch {
        return true
      }
    }
    await expect.poll(inUse).toBe(false)
    const isWhole = bytes(device, 'b').equals(bytes(device, 'a'))
    expect(isWhole).toBe(vanishedClient === 'finishes')
  })
})

describe('/file/copy', () => {
  it.each(['bytes', 'reflink'] as const)('makes a second file with the same bytes: %s', async fileCopy => {
    const { device, talker } = await start({ switches: { fileCopy }, copy: SLOW })
    const free = device.free
    const copied = await talker.ask('/file/copy', '=number=storage-pool/a.img', '=name=storage-pool/c.img')
    expect(copied).toEqual([['!done']])
    expect(bytes(device, 'c').equals(bytes(device, 'a'))).toBe(true)
    expect(free - device.free).toBe(fileCopy === 'bytes' ? 8 * MIB : 0)
    expect(await talker.ask('/file/copy', '=number=storage-pool/a.img', '=name=storage-pool/c.img')).toContainEqual([
      '!trap',
      '=message=failure: file already exists',
    ])
    expect(await talker.ask('/file/copy', '=.id=storage-pool/a.img')).toContainEqual([
      '!trap',
      '=message=unknown parameter .id',
    ])
  })
})
