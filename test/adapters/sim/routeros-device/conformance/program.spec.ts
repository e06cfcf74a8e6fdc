import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DeviceAddresses } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { fileDisk } from '../model-device.ts'
import { type ServiceName, SERVICES } from './service-client.ts'

const root = resolve(import.meta.dirname, '../../../../..')
const NAMES = Object.keys(SERVICES) as ServiceName[]
const WHO = { user: 'csi', password: 'pass word' }
const SERVED = ['api', 'apiTls', 'rest', 'restPlain', 'ssh', 'blocks'] as const
const FLAGS = ['api', 'api-tls', 'rest', 'rest-plain', 'ssh', 'blocks'].map(name => `--${name}=127.0.0.1:0`)

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'device-program-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The program as a process of its own. */
class Program {
  readonly told: Readonly<Record<string, string>>
  readonly addresses: DeviceAddresses
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, told: Readonly<Record<string, string>>) {
    this.#child = child
    this.told = told
    const parse = (address: string) => ({ host: address.split(':')[0]!, port: Number(address.split(':')[1]) })
    this.addresses = Object.fromEntries(SERVED.map(name => [name, parse(told[name]!)]))
  }

  static async start(...flags: readonly string[]): Promise<Program> {
    const password = join(folder(), 'password')
    writeFileSync(password, `${WHO.password}\n`)
    const login = [`--user=${WHO.user}`, `--password-file=${password}`]
    const argv = [join(root, 'src/simulators.ts'), 'simulate-device', ...FLAGS, ...login, ...flags]
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    return new Program(child, JSON.parse(line) as Record<string, string>)
  }

  /** Ends it as an operator does; answers its exit code. */
  async stop(): Promise<unknown> {
    const closed = once(this.#child, 'close')
    this.#child.kill('SIGTERM')
    return (await closed)[0]
  }
}

async function certificateAt({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  const socket = connect({ host, port, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

describe('rds-csi simulate-device', { timeout: 60_000 }, () => {
  it('serves everything at once, and says where in one line', async () => {
    const program = await Program.start('--directory=/storage-pool/v')
    expect(Object.keys(program.told)).toEqual([...SERVED, 'fingerprint', 'hostKey', 'sshHostKey'])
    expect(program.told['hostKey']).toMatch(/^SHA256:/)
    for (const name of ['apiTls', 'rest'] as const) {
      expect(await certificateAt(program.addresses[name]!)).toBe(program.told['fingerprint'])
    }
    const clients = await Promise.all(NAMES.map(name => SERVICES[name](program, WHO)))
    for (const [index, client] of clients.entries()) await client.run('/disk/add', fileDisk(`disk-${index}`))
    const slots = clients.map((_, index) => ({ slot: `disk-${index}` }))
    for (const client of clients)
      expect(await client.print('/disk', ['slot'], { type: 'file' })).toEqual({ rows: slots })
    expect(await program.stop()).toBe(0)
  })

  it('is the same device when it is started again with its data folder', async () => {
    const data = `--data-dir=${folder()}`
    const first = await Program.start(data, '--directory=/storage-pool/v')
    const api = await SERVICES.api(first, WHO)
    await api.run('/disk/add', { ...fileDisk('kept'), comment: 'here to stay' })
    await api.run('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: 'vol' })
    const properties = ['.id', 'slot', 'comment', 'file-size', 'file-path', 'free', 'fs-uuid']
    const [disks, subvolumes] = [
      await api.print('/disk', properties),
      await api.print('/disk/btrfs/subvolume', ['uuid']),
    ]
    expect(await first.stop()).toBe(0)
    const second = await Program.start(data)
    for (const name of NAMES) {
      const client = await SERVICES[name](second, WHO)
      expect(await client.print('/disk', properties)).toEqual(disks)
      expect(await client.print('/disk/btrfs/subvolume', ['uuid'])).toEqual(subvolumes)
    }
    expect(second.told['sshHostKey']).toBe(first.told['sshHostKey'])
  })
})
