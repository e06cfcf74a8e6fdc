import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'
import { fileDisk, ModelDevice } from './model-device.ts'

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice(options)
  onTestFinished(() => device.stop())
  return device
}

const slot = (device: RunningDevice, name: string) => device.print('/disk').find(row => row['slot'] === name)

describe('the pool', () => {
  it('is the one that was captured, with its member', async () => {
    const pool = { fs: 'xfs', label: 'ocp-storage', overhead: 113_736_630_272 } as const
    const device = await start({ poolName: 'raid10', size: 16_003_143_565_312, pool, raidMembers: 4 })
    device.perform('/disk/add', { type: 'file', slot: 'v', 'file-path': 'raid10/v.img', 'file-size': '1T' })
    expect(slot(device, 'raid10')).toMatchObject({
      'fs-label': 'ocp-storage',
      fs: 'xfs',
      model: 'RAID0 striped',
      size: '16003143565312',
      free: '14789895307264',
      'total-inodes': '1562806656',
      'free-inodes': '1562806652',
      use: '8%',
      'mount-point': 'raid10',
      state: 'clean',
    })
    expect(slot(device, 'raid10-m0')).toMatchObject({
      size: '4000785891328',
      'raid-master': 'raid10',
      'raid-role': '0',
      'raid-member-failed': 'false',
      'raid-member-state': '0:in_sync',
      state: 'clean',
    })
  })

  it.each(['btrfs', 'xfs', 'ext4'] as const)('counts inodes and compresses as %s does', fs => {
    const device = new ModelDevice({}, { fs })
    const isBtrfs = fs === 'btrfs'
    expect(device.disk('storage-pool')).toMatchObject({ fs })
    expect(device.disk('storage-pool')!['total-inodes'] === undefined).toBe(isBtrfs)
    const compress = { '.id': 'storage-pool', compress: 'yes' }
    if (isBtrfs) device.do('/disk/set', compress)
    else expect(device.refusal('/disk/set', compress)).toBe('compression only available for btrfs')
    expect(device.disk('storage-pool')).toMatchObject({ compress: String(isBtrfs) })
    expect(device.refusal('/disk/add', { ...fileDisk('a'), compress: 'yes' })).toBe(
      'compression only available for btrfs',
    )
  })

  it('is unmounted by a setting, while no disk lies on it', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    const unmount = { '.id': 'storage-pool', 'mount-filesystem': 'no' }
    expect(device.refusal('/disk/set', unmount)).toBe('could not unmount, stop using it first')
    device.do('/disk/remove', { '.id': 'a' })
    device.do('/disk/set', unmount)
    expect(device.disk('storage-pool')).toMatchObject({ mounted: 'false', fs: '-' })
    device.state.reboot()
    expect(device.disk('storage-pool')).toMatchObject({ mounted: 'false' })
    device.do('/disk/set', { '.id': 'storage-pool', 'mount-filesystem': 'yes' })
    expect(device.disk('storage-pool')).toMatchObject({ mounted: 'true' })
  })

  it('tells when its array is degraded, is put right, and is well', async () => {
    const device = await start({ raidMembers: 2 })
    device.degradeRaid(1)
    expect(slot(device, 'storage-pool')).toMatchObject({ state: 'clean, degraded' })
    expect(slot(device, 'storage-pool-m1')).toMatchObject({ 'raid-member-failed': 'true' })
    expect(slot(device, 'storage-pool-m0')).toMatchObject({ 'raid-member-failed': 'false' })
    device.resyncRaid(12.34, 1)
    expect(slot(device, 'storage-pool')).toMatchObject({ state: 'clean, sync:repair, resync = 12.3%' })
    device.repairRaid(1)
    expect(slot(device, 'storage-pool')).toMatchObject({ state: 'clean' })
    device.perform('/disk/raid-scrub', { numbers: 'storage-pool' })
    expect(slot(device, 'storage-pool')?.['state']).toContain('sync:check')
    device.perform('/disk/raid-scrub-cancel', { numbers: 'storage-pool' })
    expect(slot(device, 'storage-pool')).toMatchObject({ state: 'clean' })
  })
})

describe('a drive of the device', () => {
  it('takes a comment and nothing else', async () => {
    const device = await start({ raidMembers: 1 })
    device.perform('/disk/comment', { numbers: 'storage-pool-m0', comment: 'left' })
    expect(slot(device, 'storage-pool-m0')).toMatchObject({ comment: 'left' })
    expect(() => device.perform('/disk/set', { numbers: 'storage-pool-m0', slot: 'x' })).toThrow('not supported')
    expect(() => device.perform('/disk/remove', { numbers: 'storage-pool-m0' })).toThrow('disk is in use')
    const taken = { ...fileDisk('x'), 'file-path': 'storage-pool/x', slot: 'storage-pool-m0' }
    expect(() => device.perform('/disk/add', taken)).toThrow('such entry')
  })
})

describe('what the device tells of itself', () => {
  it('is version, packages, board and clock', async () => {
    const now = () => new Date('2026-11-21T23:30:00Z')
    const system = { version: '7.20.1', packages: [{ name: 'routeros' }, { name: 'rose-storage', disabled: true }] }
    const device = await start({ system: { ...system, utcOffset: 90 }, now })
    expect(device.print('/system/resource')).toMatchObject([{ version: '7.20.1 (stable)', uptime: '0s' }])
    expect(device.print('/system/package')).toMatchObject([
      { name: 'routeros', version: '7.20.1', disabled: 'false' },
      { name: 'rose-storage', disabled: 'true' },
    ])
    expect(device.print('/system/routerboard')).toMatchObject([{ 'current-firmware': '7.20.1' }])
    expect(device.print('/system/clock')).toMatchObject([
      { date: '2026-11-22', time: '01:00:00', 'gmt-offset': '+01:30' },
    ])
    expect(device.file('storage-pool')).toMatchObject({ 'last-modified': '2026-11-22 01:00:00' })
    device.system.version = '7.24.4'
    expect(device.print('/system/resource')).toMatchObject([{ version: '7.24.4 (stable)' }])
  })

  it('is its uptime, from the last restart on', async () => {
    let at = Date.parse('2026-11-21T00:00:00Z')
    const device = await start({ now: () => new Date(at) })
    at += 90_061_000
    expect(device.print('/system/resource')).toMatchObject([{ uptime: '1d1h1m1s' }])
    await device.die()
    await device.restart()
    at += 5000
    expect(device.print('/system/resource')).toMatchObject([{ uptime: '5s' }])
  })

  it('is its health, in either style', async () => {
    const device = await start()
    device.setHealth({ 'fan1-speed': { value: '900', type: 'RPM' }, 'fan2-speed': undefined })
    const readings = device.print('/system/health')
    expect(readings).toContainEqual({ '.id': '*1', name: 'cpu-temperature', value: '46', type: 'C' })
    expect(readings).toContainEqual(expect.objectContaining({ name: 'fan1-speed', value: '900', type: 'RPM' }))
    expect(readings.map(row => row['name'])).not.toContain('fan2-speed')
    device.system.healthStyle = 'properties'
    expect(device.print('/system/health')).toMatchObject([{ 'cpu-temperature': '460', 'fan1-speed': '900' }])
  })

  it('is who may log in with which rights', async () => {
    const device = await start({
      users: [{ name: 'csi', password: '', group: 'csi-group', policies: ['api', 'read'] }],
    })
    expect(device.print('/user')).toMatchObject([
      { name: 'admin', group: 'full' },
      { name: 'csi', group: 'csi-group' },
    ])
    const groups = device.print('/user/group')
    expect(groups.map(row => row['name'])).toEqual(['read', 'write', 'full', 'csi-group'])
    const rights = (groups.at(-1)?.['policy'] ?? '').split(',')
    expect(rights.filter(right => !right.startsWith('!'))).toEqual(['read', 'api'])
    expect(groups[0]!['policy']).toContain('!write')
    device.setUsers([{ name: 'only', password: '' }])
    expect(device.print('/user')).toHaveLength(1)
  })

  it('is which services it has', async () => {
    const device = await start({ api: LOCAL, maxSessions: 7 })
    const services = device.print('/ip/service')
    expect(services.find(row => row['name'] === 'api')).toMatchObject({
      port: String(device.addresses.api!.port),
      'max-sessions': '7',
      disabled: 'false',
    })
    expect(services.find(row => row['name'] === 'ssh')).toMatchObject({ port: '22', disabled: 'true' })
  })
})

describe('a trap', () => {
  it.each([
    ['some', ['=category=1', undefined]],
    ['none', [undefined, undefined]],
    ['all', ['=category=1', '=category=4']],
  ] as const)('carries its category: %s', async (trapCategory, wanted) => {
    const device = await start({ api: LOCAL, switches: { trapCategory } })
    const talker = await ApiTalker.loggedIn(device)
    const category = async (...words: string[]): Promise<string | undefined> =>
      (await talker.ask(...words))[0]?.find(word => word.startsWith('=category='))
    const nothing = await category('/disk/add', '=type=nothing')
    expect([nothing, await category('/disk/add', '=colour=red')]).toEqual(wanted)
  })
})

describe('the discovery of exports', () => {
  it('tells a host of those on the port that let it in', () => {
    const device = new ModelDevice()
    const on = { 'nvme-tcp-export': 'yes' }
    device.addDisk('a', on)
    device.addDisk('b', { ...on, 'nvme-tcp-server-allow-host-name': 'host-1' })
    device.addDisk('c', { ...on, 'nvme-tcp-server-port': '4501' })
    const seen = (args: Record<string, string>): (string | undefined)[] =>
      device.print('/disk/nvme-discover', { address: '10.0.0.1', ...args }).map(row => row['subnqn'])
    expect(seen({})).toEqual(['a'])
    expect(seen({ 'host-name': 'host-1' })).toEqual(['a', 'b'])
    expect(seen({ port: '4501' })).toEqual(['c'])
    expect(device.refusal('/disk/nvme-discover')).toBe('missing =address=')
  })
})
