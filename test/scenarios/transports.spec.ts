import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GIB, PASSWORD, Rig, type RigOptions } from './rig.ts'

const TIME_LIMIT = 60_000
const pair = ssh2.utils.generateKeyPairSync('ed25519')

/** Flags of a login by key, and the device that knows it. */
async function byKey(): Promise<RigOptions> {
  const folder = await mkdtemp(join(tmpdir(), 'rds-k-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'key')
  await writeFile(file, pair.private, { mode: 0o600 })
  return { transport: 'ssh', userKey: pair.public, flags: [`--rds-key-file=${file}`] }
}

/** Lines of the key that are long enough to be nothing else, and the password, in the spellings in which they get out. */
const secrets = [...pair.private.split('\n').filter(line => /^[A-Za-z0-9+/=]{30,}$/.test(line)), PASSWORD]
const spellings = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`admin:${secret}`).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
]

describe('a controller that reaches its appliance', { timeout: TIME_LIMIT }, () => {
  const ways: readonly (readonly [string, () => Promise<RigOptions>])[] = [
    ['over REST', async () => ({ transport: 'rest' })],
    ['over SSH by password', async () => ({ transport: 'ssh' })],
    ['over SSH by key', byKey],
  ]

  it.each(ways)('%s gives volumes their whole life, and no secret away', async (_, options) => {
    const { flags = [], ...others } = await options()
    const rig = await Rig.start({ ...others, nodes: ['node-a'], flags: [...flags, '--log-level=debug'] })
    const volume = await rig.provision({ bytes: 2 * GIB })
    expect(rig.device.disks()).toMatchObject([{ 'file-size': String(2 * GIB), 'nvme-tcp-export': 'false' }])
    const workload = await rig.run(volume, 'node-a')
    expect(rig.device.disks()).toMatchObject([{ 'nvme-tcp-export': 'true' }])
    await workload.end()
    await rig.attacher.detach(volume, 'node-a')
    expect(rig.device.disks()).toMatchObject([{ 'nvme-tcp-export': 'false' }])
    await rig.provisioner.remove(volume)
    expect(rig.device.disks()).toEqual([])

    const { pid, lines } = rig.controller.program
    const { text } = await rig.metrics(rig.controller)
    const seen = [...['cmdline', 'environ'].map(file => readFileSync(`/proc/${pid}/${file}`, 'utf8')), ...lines, text]
    expect(secrets.length).toBeGreaterThan(2)
    const leaks = secrets.flatMap(spellings).filter(spelling => seen.some(each => each.includes(spelling)))
    expect(leaks).toEqual([])
  })
})
