import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type ClientChannel, type ConnectConfig, type ExecOptions } from 'ssh2'
import { onTestFinished } from 'vitest'
import { DeviceCore } from '../../../../../src/adapters/sim/routeros-device/device-core.ts'
import { makeHostKey } from '../../../../../src/adapters/sim/routeros-device/ssh/host-keys.ts'
import { SshServer } from '../../../../../src/adapters/sim/routeros-device/ssh/ssh-server.ts'
import type { DeviceSwitches } from '../../../../../src/adapters/sim/routeros-device/switches.ts'
import type { DeviceUser } from '../../../../../src/adapters/sim/routeros-device/users.ts'

/** Made once for a test file: RSA takes a while. */
export const HOST_KEY = makeHostKey('rsa')

/** What a test wants to be different. */
export interface SshDeviceOptions {
  readonly switches?: Partial<DeviceSwitches>
  readonly users?: readonly DeviceUser[]
  readonly maxSessions?: number
  readonly latencyMs?: number
  readonly hostKeys?: readonly string[]
}

/** A device that serves SSH alone, with the user `admin` whose password is `secret`; it goes with the test. */
export class SshDevice {
  readonly core: DeviceCore
  readonly server: SshServer
  readonly folder = mkdtempSync(join(tmpdir(), 'routeros-ssh-'))

  private constructor({ switches = {}, users = [], maxSessions = 20, latencyMs = 0, hostKeys }: SshDeviceOptions) {
    this.core = new DeviceCore({
      folder: this.folder,
      pool: { name: 'storage-pool', size: 100 * 1024 ** 3 },
      switches,
      users: [{ name: 'admin', password: 'secret' }, ...users],
      latency: { fixedMs: latencyMs },
      now: () => new Date(),
    })
    this.core.state.files.makeDirectories('storage-pool/v')
    this.server = new SshServer(this.core, { maxSessions, hostKeys: hostKeys ?? [HOST_KEY] })
  }

  static async start(options: SshDeviceOptions = {}): Promise<SshDevice> {
    const device = new SshDevice(options)
    await device.server.listen('127.0.0.1', 0)
    onTestFinished(async () => {
      device.core.powerOff()
      await device.server.die()
      rmSync(device.folder, { recursive: true, force: true })
    })
    return device
  }

  /** A connection of the library that the driver uses, too. Rejects when it is not let in. */
  async connect(config: Partial<ConnectConfig> = {}): Promise<SshTalker> {
    const client = new ssh2.Client()
    client.on('error', () => undefined)
    onTestFinished(() => void client.destroy())
    await new Promise<void>((resolve, reject) => {
      client
        .once('ready', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('closed')))
      const login = config.privateKey === undefined ? { password: 'secret' } : {}
      client.connect({ host: '127.0.0.1', port: this.server.port, username: 'admin', ...login, ...config })
    })
    client.setNoDelay(true)
    return new SshTalker(client)
  }

  /** Comment of the disk `slot`. */
  comment(slot: string): string | undefined {
    const disk = this.core.state.disks.list().find(({ settings }) => settings.get('slot') === slot)
    return disk?.settings.get('comment')
  }
}

/** What one command over SSH said. */
export interface Said {
  readonly stdout: string
  readonly stderr: string
  /** `undefined`: the channel closed without one. */
  readonly code: number | undefined
}

/** A connection that is logged in. */
export class SshTalker {
  readonly client: ssh2.Client
  readonly closed: Promise<void>

  constructor(client: ssh2.Client) {
    this.client = client
    this.closed = new Promise(resolve => void client.once('close', () => resolve()))
  }

  /** A command to its end. Rejects when no channel is opened for it. */
  run(line: string, options: ExecOptions = {}): Promise<Said> {
    return new Promise((resolve, reject) => {
      // Listened to at once: an exit code that comes with the first answer is told only once.
      this.client.exec(line, options, (error, channel) =>
        error === undefined ? resolve(collect(channel)) : reject(error),
      )
    })
  }

  exec(line: string, options: ExecOptions = {}): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.client.exec(line, options, (error, channel) => (error === undefined ? resolve(channel) : reject(error)))
    })
  }

  shell(columns?: number): Promise<ClientChannel> {
    const window = columns === undefined ? false : { cols: columns, term: 'vt100' }
    return new Promise((resolve, reject) => {
      this.client.shell(window, (error, channel) => (error === undefined ? resolve(channel) : reject(error)))
    })
  }
}

export function collect(channel: ClientChannel): Promise<Said> {
  let stdout = ''
  let stderr = ''
  let code: number | undefined
  channel.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8')
  })
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8')
  })
  channel.on('exit', (given: number | null) => {
    code = given ?? undefined
  })
  return new Promise(resolve => void channel.once('close', () => resolve({ stdout, stderr, code })))
}
