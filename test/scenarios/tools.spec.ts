import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import { fromSources } from './rig.ts'

const BASE_PATH = '/storage-pool/csi/volumes'
const SCRATCH = /rds-csi-doctor-[0-9a-f]{6}/
const PASSWORD = 'correct-horse-battery-staple'

let flags: readonly string[]
let device: RunningDevice

async function start(options: DeviceOptions = {}): Promise<void> {
  const loopback = { host: '127.0.0.1', port: 0 }
  device = await startDevice({ apiTls: loopback, password: PASSWORD, directories: [BASE_PATH.slice(1)], ...options })
  const folder = await mkdtemp(join(tmpdir(), 'rds-tools-'))
  onTestFinished(async () => {
    await device.stop()
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(join(folder, 'password'), PASSWORD, { mode: 0o600 })
  flags = [
    '--rds-address=127.0.0.1',
    `--rds-port=${device.addresses.apiTls?.port}`,
    `--rds-fingerprint=${device.certificate?.fingerprint}`,
    `--rds-password-file=${join(folder, 'password')}`,
    `--rds-volume-base-path=${BASE_PATH}`,
  ]
}

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts a tool; `ended` resolves when it has. */
function tool(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const launch = fromSources(args)
  const child = spawn(launch.command, launch.args, { env: launch.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => err.push(text))
  const ended = new Promise<Ended>(resolve =>
    child.once('close', code => resolve({ code, out: out.join(''), err: err.join('') })),
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, ended }
}

const scratch = (): readonly string[] =>
  [...device.disks().map(disk => disk['slot'] ?? ''), ...device.files().map(file => file['name'] ?? '')].filter(name =>
    SCRATCH.test(name),
  )

beforeEach(() => start())

describe('rds-csi doctor', { timeout: 60_000 }, () => {
  it('says that all is well, with exit code 0, and never a secret', async () => {
    const { code, out, err } = await tool(['doctor', ...flags]).ended
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('RouterOS 7.24.4')
    expect(out + err).not.toContain(PASSWORD)
  })

  it('says what is wrong and what to do, with exit code 1', async () => {
    device.system.version = '7.20.8'
    const { code, out } = await tool(['doctor', ...flags]).ended
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/failure +version +RouterOS 7\.20\.8 is too old\n +do: upgrade/),
    ])
  })

  it('names every mistake in its flags, with exit code 2', async () => {
    const { code, err } = await tool(['doctor', '--hardware=perhaps', '--metrics-address=:1']).ended
    expect(code).toBe(2)
    for (const name of ['--hardware', '--metrics-address', '--rds-address', '--rds-volume-base-path']) {
      expect(err).toContain(name)
    }
  })

  it('tries out the hardware, and prints a report', async () => {
    const { code, out } = await tool(['doctor', '--hardware', ...flags]).ended
    expect([code, scratch()]).toEqual([0, []])
    expect(out).toContain('| `setFileSize` | `grows` |')
    expect(out).toContain('no NVMe/TCP session from here')
  })
})

describe('rds-csi doctor --hardware that is ended', { timeout: 60_000 }, () => {
  const begun = () =>
    expect.poll(() => device.disks().some(disk => SCRATCH.test(disk['slot'] ?? '')), { timeout: 20_000 }).toBe(true)

  beforeEach(() => {
    device.latencyMs = 20
    // Not the doctor's, however alike their names are.
    const file = { type: 'file', 'file-size': '512' }
    device.perform('/disk/add', {
      ...file,
      slot: 'rds-csi-doctor-notes',
      'file-path': `${BASE_PATH}/rds-csi-doctor-notes.img`,
    })
  })
  const others = () => device.files().filter(({ name }) => name?.endsWith('rds-csi-doctor-notes.img')).length

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s removes what it has made, and reports what it knows', async signal => {
    const { child, ended } = tool(['doctor', '--hardware', ...flags])
    await begun()
    child.kill(signal)
    const { code, out } = await ended
    expect([code, scratch(), others()]).toEqual([1, [], 1])
    expect(out).toContain(`ended early: ${signal}`)
  })

  it('by SIGKILL leaves that to the next run, which removes exactly that', async () => {
    const { child, ended } = tool(['doctor', '--hardware', ...flags])
    await begun()
    child.kill('SIGKILL')
    await ended
    expect(scratch().length).toBeGreaterThan(0)
    device.latencyMs = 0
    const { code, out } = await tool(['doctor', '--hardware', ...flags]).ended
    expect([code, scratch(), others()]).toEqual([0, [], 1])
    expect(out).toMatch(/removed what an earlier run had left: .*rds-csi-doctor-[0-9a-f]{6}/)
    expect(out).not.toContain('rds-csi-doctor-notes')
  })
})

describe('rds-csi adopt', { timeout: 60_000 }, () => {
  const id = 'pvc-aaaaaaaa-0000-4000-8000-000000000001'

  it('lists and prints, and changes nothing', async () => {
    device.setSwitches({ slotMaxLength: 40 })
    device.perform('/disk/add', {
      type: 'file',
      slot: id,
      'file-path': `${BASE_PATH}/${id}.img`,
      'file-size': '1073741824',
    })
    const before = [device.disks(), device.files()]
    const table = await tool(['adopt', '--dry-run', ...flags]).ended
    expect([table.code, table.err]).toEqual([0, ''])
    expect(table.out).toContain(`older driver  ${id}`)
    const manifests = await tool(['adopt', '--dry-run', '--output=manifests', ...flags]).ended
    const { items } = JSON.parse(manifests.out) as { items: { spec: { csi: { volumeHandle: string } } }[] }
    expect(items.map(({ spec }) => spec.csi.volumeHandle)).toEqual([id])
    expect([device.disks(), device.files()]).toEqual(before)
  })

  it('refuses to do more than look, and says what to do instead', async () => {
    const { code, err } = await tool(['adopt', ...flags]).ended
    expect([code, err]).toEqual([2, expect.stringContaining('--cluster-id=<the old owner>')])
  })
})
