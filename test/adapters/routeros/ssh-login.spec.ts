import { generateKeyPairSync } from 'node:crypto'
import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import { HostKey, hostKeyFingerprint } from '../../../src/adapters/routeros/ssh/host-key.ts'
import { requireLoginKey } from '../../../src/adapters/routeros/ssh/login-key.ts'
import { never, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import type { ConsoleCall } from '../../support/ssh-fake-device.ts'
import { type SshOptions, type SshRig, sshRig } from '../../support/ssh-rig.ts'

const command = { path: '/x' }
const works = (call: ConsoleCall): void => call.reply()
const ed25519 = ssh2.utils.generateKeyPairSync('ed25519')
const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })

/** How the first command fails whose first attempt to log in fails. */
async function refused(options: SshOptions): Promise<SshRig & { readonly error: Error }> {
  const clock = new SimulatedClock()
  const rig = await sshRig(works, { ...options, clock, timing: { wait: 300 } })
  const running = rig.transport.run(command, never()).catch((error: unknown) => error)
  await until(() => rig.recorder.lines.some(({ message }) => message === 'the appliance cannot be reached'))
  await clock.advance(300)
  return { ...rig, error: (await running) as Error }
}

describe('the host key', () => {
  it('is refused to be missing, unless asked for', () => {
    expect(() => new HostKey({})).toThrow('nothing proves who the appliance is')
    expect(new HostKey({ insecureSkipVerify: true }).problemOf(Buffer.from('any'))).toBeUndefined()
  })

  it.each([
    '',
    'SHA256:abc',
    'MD5:aa:bb',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    'ecdsa-sha2-nistp256 AAAA',
    rsa.public.replace('ssh-rsa', 'ssh-ed25519'),
  ])('is refused as "%s"', text => {
    expect(() => new HostKey({ hostKey: text })).toThrow('is no host key')
  })

  it('may be a fingerprint as ssh-keygen prints it, or a line of a public key', async () => {
    const line = `${ed25519.public.trim()} appliance`
    const print = hostKeyFingerprint(line)
    expect(print).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    expect(hostKeyFingerprint(`${print}=`)).toBe(print)
    for (const hostKey of [line, print]) {
      const { transport } = await sshRig(works, {
        hostKey: ed25519.private,
        access: { hostKey: new HostKey({ hostKey }) },
      })
      await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
    }
  })

  it('may be an RSA key, which is what RouterOS has unless told otherwise', async () => {
    const access = { hostKey: new HostKey({ hostKey: rsa.public }) }
    const { transport } = await sshRig(works, { hostKey: rsa.private, access })
    await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
  })

  it('that is another one is told by both fingerprints, and never sees the password', async () => {
    const { error, device } = await refused({ access: { hostKey: new HostKey({ hostKey: rsa.public }) } })
    const seen = hostKeyFingerprint(device.hostKey.public)
    expect(error.message).toContain(`host key (ssh-ed25519) has the fingerprint ${seen}`)
    expect(error.message).toContain(`expected is ${hostKeyFingerprint(rsa.public)}`)
    expect([device.connections(), device.logins()]).toEqual([1, 0])
  })
})

describe('a login by key', () => {
  it.each([
    ['ed25519', ed25519],
    ['RSA', rsa],
  ])('is possible with %s', async (_, pair) => {
    const access = { key: async () => pair.private }
    const { transport } = await sshRig(works, { userKey: pair.public, access })
    await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
  })

  it('is refused by us with ECDSA, since RouterOS takes none', async () => {
    const { error, device } = await refused({ userKey: ecdsa.public, access: { key: async () => ecdsa.private } })
    expect(error.message).toContain('RouterOS takes no keys of the kind ecdsa-sha2-nistp256')
    expect(device.connections()).toBe(0)
  })

  it('reads the key anew each time', async () => {
    const keys = [rsa.private, ed25519.private]
    const { transport, device } = await sshRig(works, {
      userKey: ed25519.public,
      access: { key: async () => keys.shift() ?? ed25519.private },
    })
    await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
    expect(device.connections()).toBe(2)
  })

  it('says what to do where the device does not know the key', async () => {
    const { error } = await refused({ userKey: rsa.public, access: { key: async () => ed25519.private } })
    expect(error.message).toContain('the device refused the key of "csi": it was not imported for this user')
  })
})

describe('the key file', () => {
  const encrypted = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  }).privateKey

  it.each([
    ['holds nothing', '', 'it holds none'],
    ['holds something else', 'hunter2', 'it holds none'],
    ['holds a public key', ed25519.public, 'the key file holds a public key'],
    ['is protected by a passphrase', encrypted, 'it is protected by a passphrase'],
  ])('that %s is refused, without a word of what it holds', async (_, file, why) => {
    const error = await requireLoginKey(file).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: expect.stringContaining(why) })
    if (file !== '') expect((error as Error).message).not.toContain(file)
  })
})

describe('a login by password', () => {
  it('says what may be wrong where it is refused', async () => {
    const { error } = await refused({ access: { password: async () => 'wrong' } })
    expect(error.message).toContain(
      'the device refused the password of "csi": it is wrong, the group lacks the policy ssh',
    )
  })

  it('writes the password and the key nowhere', async () => {
    const secrets = ['hunter2-ünïcode', ed25519.private]
    const [password = '', key = ''] = secrets
    const rigs = await Promise.all([
      refused({ access: { password: async () => password } }),
      refused({ userKey: rsa.public, access: { key: async () => key } }),
    ])
    for (const { error, recorder } of rigs) {
      const written = recorder.text + String(error.stack) + JSON.stringify(error) + String((error.cause as Error).stack)
      for (const secret of [password, ...key.split('\n').filter(line => line.length > 20 && !line.startsWith('---'))]) {
        expect(written).not.toContain(secret)
      }
    }
  })
})

describe('a release', () => {
  it.each(['7.16.2 (stable)', '6.49 (long-term)'])('%s is refused by name: its JSON is not exact', async version => {
    const { error } = await refused({ version })
    expect(error.message).toContain(`RouterOS ${version} cannot print exact values over SSH: 7.17 or newer is needed`)
  })

  it.each(['7.17 (stable)', '7.24.4 (stable)', '7.25beta3 (testing)', '8.0'])('%s will do', async version => {
    const { transport } = await sshRig(works, { version })
    await expect(transport.run(command, never())).resolves.toMatchObject({ rows: [] })
  })

  it('that is not told may want a policy', async () => {
    const { error } = await refused({ version: 'not enough permissions (9)' })
    expect(error.message).toContain('does not tell its release: not enough permissions (9); the group needs')
  })
})
