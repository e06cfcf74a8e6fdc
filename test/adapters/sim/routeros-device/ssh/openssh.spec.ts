import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import {
  makeHostKey,
  makeKeyPair,
  publicKeyLine,
} from '../../../../../src/adapters/sim/routeros-device/ssh/host-keys.ts'
import { HOST_KEY, type Said, SshDevice, type SshDeviceOptions } from './ssh-device.ts'

const installed = spawnSync('ssh', ['-V']).status === 0

const KEYS = {
  ed25519: makeKeyPair('ed25519'),
  rsa: makeKeyPair('rsa'),
  ecdsa: ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
}

type Key = keyof typeof KEYS

/** A device with the users `ed25519`, `rsa` and `ecdsa`, each with the key of that name. */
async function startDevice(options: SshDeviceOptions = {}): Promise<SshDevice> {
  const users = Object.entries(KEYS).map(([name, pair]) => ({ name, password: 'p', keys: [pair.public] }))
  const device = await SshDevice.start({ users, ...options })
  for (const [name, pair] of Object.entries(KEYS))
    writeFileSync(join(device.folder, name), pair.private, { mode: 0o600 })
  knowHost(device, HOST_KEY)
  return device
}

function knowHost(device: SshDevice, key: string): void {
  writeFileSync(join(device.folder, 'known_hosts'), `[127.0.0.1]:${device.server.port} ${publicKeyLine(key)}\n`)
}

interface Run {
  readonly user?: string
  readonly key?: Key
  readonly options?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

/** Runs OpenSSH's client without any configuration of whoever runs the tests. */
function ssh(
  device: SshDevice,
  line: string,
  { user, key = 'ed25519', options = [], env = {} }: Run = {},
): Promise<Said> {
  const settings = {
    UserKnownHostsFile: join(device.folder, 'known_hosts'),
    GlobalKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'yes',
    BatchMode: 'yes',
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    ConnectTimeout: '10',
    LogLevel: 'ERROR',
  }
  const argv = [
    '-F',
    'none',
    ...options,
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '-i',
    join(device.folder, key),
    `-p${device.server.port}`,
    `-l${user ?? key}`,
    '127.0.0.1',
    line,
  ]
  return new Promise(resolve => {
    const child = execFile('ssh', argv, { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
      resolve({ stdout, stderr, code })
    })
    child.stdin?.end()
  })
}

describe.skipIf(!installed)("OpenSSH's ssh against the simulated device", () => {
  it.each(['ed25519', 'rsa'] as const)('logs in with a key of %s and reads what a command says', async key => {
    const device = await startDevice()
    expect(await ssh(device, ':put "in"; /system/identity/print', { key })).toEqual({
      stdout: 'in\r\n  name: MikroTik\r\n',
      stderr: '',
      code: 0,
    })
  })

  it('is refused with a key of ECDSA', async () => {
    const said = await ssh(await startDevice(), ':put 1', { key: 'ecdsa' })
    expect(said).toMatchObject({ stdout: '', code: 255 })
    expect(said.stderr).toContain('Permission denied')
  })

  it('logs in with a password, unless the user has a key', async () => {
    const device = await startDevice()
    const askpass = join(device.folder, 'askpass')
    writeFileSync(askpass, '#!/bin/sh\necho "$ANSWER"\n')
    chmodSync(askpass, 0o700)
    const options = ['-o', 'BatchMode=no', '-o', 'PreferredAuthentications=password', '-o', 'NumberOfPasswordPrompts=1']
    const env = (answer: string): NodeJS.ProcessEnv => ({
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      ANSWER: answer,
    })
    const right = await ssh(device, ':put "in"', { user: 'admin', options, env: env('secret') })
    expect(right).toEqual({ stdout: 'in\r\n', stderr: '', code: 0 })
    expect(await ssh(device, ':put 1', { user: 'admin', options, env: env('wrong') })).toMatchObject({ code: 255 })
    expect(await ssh(device, ':put 1', { user: 'rsa', options, env: env('p') })).toMatchObject({ code: 255 })
  })

  it('does not talk to a device with another host key', async () => {
    const device = await startDevice()
    knowHost(device, makeHostKey('rsa'))
    const said = await ssh(device, '/disk/add type=file slot=a file-path=storage-pool/v/a.img file-size=1G')
    expect(said).toMatchObject({ stdout: '', code: 255 })
    expect(said.stderr).toContain('Host key verification failed')
    expect(device.core.log.entries).toEqual([])
  })

  it('accepts a host key of ed25519', async () => {
    const key = makeHostKey('ed25519')
    const device = await startDevice({ hostKeys: [key] })
    knowHost(device, key)
    expect(await ssh(device, ':put 1')).toMatchObject({ stdout: '1\r\n', code: 0 })
  })

  it('makes, finds, changes and removes a disk', async () => {
    const device = await startDevice()
    const nothing = { stdout: '', stderr: '', code: 0 }
    const add = '/disk/add type=file slot="a" file-path="/storage-pool/v/a.img" file-size="1073741824"'
    expect(await ssh(device, add)).toEqual(nothing)
    expect(await ssh(device, '/disk/set [find where slot="a"] comment="\\$x \\"y\\" [z]; \\\\"')).toEqual(nothing)
    expect(device.comment('a')).toBe('$x "y" [z]; \\')
    const json =
      ':put [:serialize to=json options=json.no-string-conversion [/disk/print detail as-value where slot="a"]]'
    const { stdout } = await ssh(device, json)
    expect(JSON.parse(stdout)).toMatchObject([{ slot: 'a', comment: '$x "y" [z]; \\', size: 1_073_741_824 }])
    expect(await ssh(device, '/disk/remove a; /file/remove storage-pool/v/a.img')).toEqual(nothing)
    expect(device.core.state.disks.list()).toEqual([])
  })

  it.each([
    ['stdoutExit0', { stdout: 'no such item\r\n', stderr: '', code: 0 }],
    ['stdoutExit1', { stdout: 'no such item\r\n', stderr: '', code: 1 }],
    ['stderrExit1', { stdout: '', stderr: 'no such item\r\n', code: 1 }],
  ] as const)('meets a refusal as the switch sshErrors says: %s', async (sshErrors, said) => {
    expect(await ssh(await startDevice({ switches: { sshErrors } }), '/disk/remove x')).toEqual(said)
  })

  it('ends with 255 where the reply is lost', async () => {
    const device = await startDevice()
    device.core.runner.faults.arm({ kind: 'loseReply' }, { match: '/disk/print' })
    expect(await ssh(device, '/disk/print')).toMatchObject({ stdout: '', code: 255 })
  })

  it('sets the width with the login name', async () => {
    const device = await startDevice({ switches: { consoleWrap: '80' } })
    const lines = async (user: string): Promise<number> =>
      (await ssh(device, '/disk/print detail', { user })).stdout.split('\r\n').length
    expect(await lines('ed25519')).toBeGreaterThan(5)
    expect(await lines('ed25519+ct4096w')).toBe(3)
  })

  it('shares one connection between commands', async () => {
    const device = await startDevice()
    const path = join(device.folder, 'm')
    const share = ['-o', `ControlPath=${path}`, '-o', 'ControlMaster=auto', '-o', 'ControlPersist=5']
    const first = await ssh(device, ':put 1', { options: share })
    expect(first.stdout).toBe('1\r\n')
    const more = await Promise.all([2, 3, 4].map(number => ssh(device, `:put ${number}`, { options: share })))
    expect(more.map(({ stdout }) => stdout)).toEqual(['2\r\n', '3\r\n', '4\r\n'])
    expect(device.server.sessions).toBe(1)
    await ssh(device, '', { options: ['-o', `ControlPath=${path}`, '-O', 'exit'] })
  })
})
