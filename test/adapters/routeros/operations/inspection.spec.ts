import { describe, expect, it } from 'vitest'
import { poolFindings } from '../../../../src/adapters/routeros/operations/pool-checks.ts'
import { ACCESSES } from '../../../../src/adapters/routeros/operations/access-checks.ts'
import { RouterOsInspection } from '../../../../src/adapters/routeros/operations/inspection.ts'
import { Reader } from '../../../../src/adapters/routeros/operations/reader.ts'
import type { DeviceOptions } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import type { Finding } from '../../../../src/ports/backend-inspection.ts'
import { BASE_PATH, openTransport, probeRig } from './probe-rig.ts'

const live = (): AbortSignal => AbortSignal.timeout(15_000)
const access = (user: string) => ({ user, ...ACCESSES['api-plain']! })

async function inspect(options: DeviceOptions = {}, user = 'admin', basePath = BASE_PATH) {
  const { device } = await probeRig(options)
  const wait = options.password === undefined ? undefined : 1000
  const reader = new Reader(openTransport(device, user, wait), basePath)
  return { device, inspection: new RouterOsInspection(reader, access(user)) }
}
const of = (findings: readonly Finding[], check: string) => findings.find(finding => finding.check === check)
const standings = (findings: readonly Finding[]) => Object.fromEntries(findings.map(f => [f.check, f.standing]))

describe('the checks of an appliance that is well', () => {
  it('find nothing wrong', async () => {
    const { inspection } = await inspect({ directories: [BASE_PATH.slice(1)] })
    const findings = await inspection.everything(live())
    expect(new Set(Object.values(standings(findings)))).toEqual(new Set(['ok']))
    expect(findings).toHaveLength(10)
    for (const { found, advice } of findings) expect([found.length > 0, advice]).toEqual([true, undefined])
  })

  it('need two commands at the start of a controller', async () => {
    const { device, inspection } = await inspect()
    const findings = await inspection.essentials(live())
    expect(device.commands.filter(({ path }) => path !== '/login')).toHaveLength(2)
    expect(findings.filter(({ standing }) => standing !== 'ok')).toEqual([])
  })
})

describe('the check of the release', () => {
  it.each([
    ['7.20.8', 'failure'],
    ['7.16', 'failure'],
    ['6.49.10', 'failure'],
    ['7.21', 'ok'],
    ['7.21beta3', 'ok'],
    ['8.0', 'ok'],
  ])('says of %s: %s', async (version, standing) => {
    const { inspection } = await inspect({ system: { version } })
    const finding = of(await inspection.essentials(live()), 'version')
    expect(finding?.standing).toBe(standing)
    expect(finding?.found).toContain(version)
    if (standing === 'failure') expect(finding?.advice).toContain('7.21')
  })
})

it('the check of the release asks the device itself where it reports no packages', async () => {
  const { inspection } = await inspect({ system: { version: '7.20.8', packages: [] } })
  expect(of(await inspection.essentials(live()), 'version')).toMatchObject({ standing: 'failure' })
})

describe('the check of packages', () => {
  it('names a package that is disabled, and what to do', async () => {
    const packages = [{ name: 'routeros' }, { name: 'rose-storage', disabled: true }]
    const { inspection } = await inspect({ system: { packages } })
    expect(of(await inspection.essentials(live()), 'package')).toMatchObject({
      standing: 'failure',
      found: 'the package rose-storage is disabled',
      advice: expect.stringContaining('enable'),
    })
  })

  it('only warns of a missing one where disks can be exported all the same', async () => {
    const { inspection } = await inspect({ system: { packages: [{ name: 'routeros' }] } })
    expect(of(await inspection.essentials(live()), 'package')).toMatchObject({ standing: 'warning' })
  })
})

describe('the checks of the pool', () => {
  it('refuse one that is mounted read-only, and say what to set', () => {
    const row = new Map([
      ['mount-point', 'pool'],
      ['fs', 'btrfs'],
      ['fs-label', 'pool'],
      ['mount-read-only', 'true'],
    ])
    expect(of(poolFindings('/pool', [row]), 'file system')).toMatchObject({
      standing: 'failure',
      advice: expect.stringContaining('mount-read-only=no'),
    })
  })

  it('say that it is there and not mounted', async () => {
    const { device, inspection } = await inspect()
    device.mountPool(false)
    const findings = await inspection.everything(live())
    expect(of(findings, 'pool')).toMatchObject({ standing: 'failure', found: expect.stringContaining('not mounted') })
    expect(standings(findings)).toMatchObject({ 'file system': 'skipped', raid: 'skipped', space: 'skipped' })
  })

  it('say which pools there are where the base path lies in none', async () => {
    const { inspection } = await inspect({}, 'admin', '/other-pool/volumes')
    expect(of(await inspection.essentials(live()), 'pool')).toMatchObject({
      standing: 'failure',
      found: 'no disk is mounted at /other-pool; mounted are /storage-pool',
      advice: expect.stringContaining('--rds-volume-base-path'),
    })
  })

  it('warn of an array that has lost a disk, or is being rebuilt, and refuse nothing', async () => {
    const { device, inspection } = await inspect({ raidMembers: 2 })
    device.degradeRaid()
    const degraded = of(await inspection.essentials(live()), 'raid')
    expect(degraded).toMatchObject({ standing: 'warning', found: expect.stringContaining('degraded') })
    device.repairRaid()
    device.resyncRaid(12)
    expect(of(await inspection.essentials(live()), 'raid')?.standing).toBe('warning')
    device.repairRaid()
    expect(of(await inspection.essentials(live()), 'raid')?.standing).toBe('ok')
  })

  it('tell file systems that hold volumes from others', async () => {
    const xfs = await inspect({ pool: { fs: 'xfs' } })
    expect(of(await xfs.inspection.essentials(live()), 'file system')).toMatchObject({
      standing: 'ok',
      found: expect.stringContaining('no instant snapshots'),
    })
  })

  it('warn of a pool that is nearly full', async () => {
    const { device, inspection } = await inspect()
    device.fillPool(1024 ** 3)
    expect(of(await inspection.essentials(live()), 'space')).toMatchObject({ standing: 'warning' })
  })
})

describe('the checks of access', () => {
  const users = (policies: readonly string[]) => [{ name: 'csi', password: 'pw', policies: policies as never }]

  it('name the rights that are missing, and how to add them', async () => {
    const { inspection } = await inspect({ users: users(['api', 'read', 'test']) }, 'csi')
    expect(of(await inspection.everything(live()), 'privileges')).toMatchObject({
      standing: 'failure',
      found: expect.stringContaining('lacks write'),
      advice: expect.stringContaining('/user/group/set'),
    })
  })

  it('warn where metrics would be missing', async () => {
    const { inspection } = await inspect({ users: users(['api', 'read', 'write']) }, 'csi')
    expect(of(await inspection.everything(live()), 'privileges')).toMatchObject({
      standing: 'warning',
      found: expect.stringContaining('test'),
    })
  })

  it('say what a user needs who may not even read', async () => {
    const { inspection } = await inspect({ users: users(['api']) }, 'csi')
    await expect(inspection.essentials(live())).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringContaining('policies api, read and write'),
    })
    const findings = await inspection.everything(live())
    expect(of(findings, 'connection')).toMatchObject({
      standing: 'failure',
      advice: expect.stringContaining('policies'),
    })
  })

  it('say what to check where the password is wrong, and skip the rest', async () => {
    const { inspection } = await inspect({ password: 'another' })
    const findings = await inspection.everything(live())
    expect(of(findings, 'connection')).toMatchObject({
      standing: 'failure',
      found: expect.stringMatching(/user name or password/),
      advice: expect.stringContaining('--rds-password-file'),
    })
    expect(new Set(findings.slice(1).map(({ standing }) => standing))).toEqual(new Set(['skipped']))
  })

  it('warn of a service that takes few sessions', async () => {
    const { inspection } = await inspect({ maxSessions: 3 })
    expect(of(await inspection.everything(live()), 'service')).toMatchObject({
      standing: 'warning',
      found: expect.stringContaining('max-sessions 3'),
    })
  })
})
