import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'
import { exported } from './model-device.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'kept-state-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function start(dataDir: string, options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({ dataDir, ...options })
  onTestFinished(() => device.stop())
  return device
}

/** Something of everything that a device remembers. */
function fill(device: RunningDevice): void {
  const subvolume = '/disk/btrfs/subvolume/add'
  const fs = 'storage-pool-fs'
  device.perform(subvolume, { fs, name: 'one', comment: 'first' })
  const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/one/volume.img', 'file-size': '1M' }
  device.perform('/disk/add', { ...disk, ...exported('nqn.a'), comment: 'mine' })
  writeFileSync(device.locate('storage-pool/one/volume.img'), 'bytes')
  device.perform(subvolume, { fs, name: 'snap', parent: 'one', 'read-only': 'yes' })
  device.perform(subvolume, { fs, name: 'gone' })
  device.perform('/disk/btrfs/subvolume/remove', { numbers: 'gone' })
  device.perform('/file/add', { name: 'storage-pool/folder', type: 'directory' })
  device.perform('/disk/comment', { numbers: 'storage-pool', comment: 'the pool' })
  device.perform('/ip/firewall/filter/add', { chain: 'input', action: 'drop', 'dst-port': '4501' })
  device.perform('/ip/firewall/address-list/add', { list: 'l', address: '10.0.0.1', comment: 'node' })
  device.perform('/system/identity/set', { name: 'rds' })
}

/** Everything that can be seen of it. */
function seen(device: RunningDevice): unknown {
  const menus = ['/disk', '/file', '/disk/btrfs/subvolume', '/ip/firewall/filter', '/ip/firewall/address-list']
  const rows = menus.map(menu => device.print(menu).filter(row => row['dead'] !== 'true' && row['default'] !== 'true'))
  return { rows, identity: device.print('/system/identity'), free: device.free }
}

describe('a device with a data folder', () => {
  it('is the same after it was stopped and started again', async () => {
    const dataDir = folder()
    const first = await start(dataDir, { directories: ['storage-pool/v'], raidMembers: 2 })
    fill(first)
    first.buryDead()
    const before = seen(first)
    await first.stop()
    const again = await start(dataDir, { directories: ['storage-pool/v'], raidMembers: 2 })
    expect(seen(again)).toEqual(before)
    for (const name of ['one', 'snap']) {
      expect(readFileSync(again.locate(`storage-pool/${name}/volume.img`), 'utf8').slice(0, 5)).toBe('bytes')
    }
    expect(again.exportTo('h', 'nqn.a', 4420)?.size()).toBe(1024 ** 2)
    // Ids are never handed out twice, and what shares space goes on sharing it.
    expect(
      again.perform('/disk/add', { type: 'file', slot: 'b', 'file-path': 'storage-pool/b', 'file-size': '1M' }),
    ).toBe('*24')
    again.perform('/disk/remove', { numbers: 'a' })
    const free = again.free
    again.perform('/disk/btrfs/subvolume/remove', { numbers: 'one' })
    again.buryDead()
    expect(again.free).toBe(free)
    again.perform('/disk/btrfs/subvolume/remove', { numbers: 'snap' })
    again.buryDead()
    expect(again.free).toBe(free + 1024 ** 2)
  })

  it('proves itself to clients as before', async () => {
    const dataDir = folder()
    const services = { apiTls: LOCAL, ssh: LOCAL }
    const proofs = async () => {
      const device = await start(dataDir, services)
      const proof = [device.certificate?.fingerprint, device.hostKey?.fingerprint]
      await (await ApiTalker.tls(device)).ask('/login', '=name=admin', '=password=')
      await device.stop()
      return proof
    }
    const [first, again] = [await proofs(), await proofs()]
    expect(again).toEqual(first)
    expect(first).toEqual([expect.stringMatching(/^[\dA-F:]{95}$/), expect.stringMatching(/^SHA256:/)])
    for (const file of ['certificate.pem', 'ssh-host-key-rsa']) {
      expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600)
    }
  })

  it('saves what changed a moment later, so that the end of its process loses little', async () => {
    const dataDir = folder()
    const device = await start(dataDir)
    device.perform('/system/identity/set', { name: 'kept' })
    await expect.poll(() => readdirSync(dataDir)).toContain('device.json')
    await expect.poll(() => readFileSync(join(dataDir, 'device.json'), 'utf8')).toContain('"kept"')
    await device.save()
    const forgetful = await startDevice()
    onTestFinished(() => forgetful.stop())
    await expect(forgetful.save()).rejects.toThrow('no data folder')
  })

  it('refuses a folder with another pool, or with something that it can not read', async () => {
    const dataDir = folder()
    await (await start(dataDir)).stop()
    await expect(startDevice({ dataDir, poolName: 'other' })).rejects.toThrow(
      'has the pool storage-pool (btrfs), not other',
    )
    await expect(startDevice({ dataDir, pool: { fs: 'xfs' } })).rejects.toThrow('use another folder')
    writeFileSync(join(dataDir, 'device.json'), '{"format":"something else"}')
    await expect(startDevice({ dataDir })).rejects.toThrow('is no saved device')
  })
})
