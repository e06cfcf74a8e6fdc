import ssh2 from 'ssh2'
import { describe, expect, it } from 'vitest'
import {
  fingerprintOfKey,
  makeHostKey,
  makeKeyPair,
  publicHalf,
} from '../../../../../src/adapters/sim/routeros-device/ssh/host-keys.ts'
import { parseLoginName } from '../../../../../src/adapters/sim/routeros-device/ssh/login-name.ts'
import { HOST_KEY, SshDevice } from './ssh-device.ts'

const ed25519 = makeKeyPair('ed25519')
const rsa = makeKeyPair('rsa')
const ecdsa = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 })

describe('logging in over SSH', () => {
  it('takes name and password', async () => {
    const device = await SshDevice.start()
    const talker = await device.connect()
    expect(await talker.run(':put "in"')).toEqual({ stdout: 'in\r\n', stderr: '', code: 0 })
    await expect(device.connect({ password: 'wrong' })).rejects.toThrow('authentication')
    await expect(device.connect({ username: 'nobody' })).rejects.toThrow('authentication')
  })

  it.each([
    ['ed25519', ed25519],
    ['RSA', rsa],
  ])('takes a key of %s', async (_, pair) => {
    const device = await SshDevice.start({ users: [{ name: 'csi', password: 'p', keys: [pair.public] }] })
    const talker = await device.connect({ username: 'csi', privateKey: pair.private })
    expect((await talker.run(':put "in"')).stdout).toBe('in\r\n')
  })

  it('refuses a key of ECDSA', async () => {
    const device = await SshDevice.start({ users: [{ name: 'csi', password: 'p', keys: [ecdsa.public] }] })
    await expect(device.connect({ username: 'csi', privateKey: ecdsa.private })).rejects.toThrow('authentication')
  })

  it("refuses a key that is not the user's", async () => {
    const device = await SshDevice.start({ users: [{ name: 'csi', password: 'p', keys: [rsa.public] }] })
    await expect(device.connect({ username: 'csi', privateKey: ed25519.private })).rejects.toThrow('authentication')
    await expect(device.connect({ privateKey: rsa.private })).rejects.toThrow('authentication')
  })

  it('refuses the password of somebody with a key', async () => {
    const device = await SshDevice.start({ users: [{ name: 'csi', password: 'p', keys: [ed25519.public] }] })
    await expect(device.connect({ username: 'csi', password: 'p' })).rejects.toThrow('authentication')
  })

  it('needs the policy ssh, with a password and with a key', async () => {
    const policies = ['read', 'write', 'api'] as const
    const users = [
      { name: 'word', password: 'p', policies },
      { name: 'key', password: 'p', policies, keys: [ed25519.public] },
    ]
    const device = await SshDevice.start({ users })
    await expect(device.connect({ username: 'word', password: 'p' })).rejects.toThrow('authentication')
    await expect(device.connect({ username: 'key', privateKey: ed25519.private })).rejects.toThrow('authentication')
  })

  it('is logged without a secret', async () => {
    const device = await SshDevice.start()
    await device.connect()
    expect(device.core.log.entries).toMatchObject([{ path: '/login', words: [] }])
  })

  it('takes as long as a command', async () => {
    const device = await SshDevice.start({ latencyMs: 60 })
    const before = performance.now()
    await device.connect()
    expect(performance.now() - before).toBeGreaterThan(55)
  })

  it('shows the host key, of RSA with 2048 bits or of ed25519', async () => {
    const seen: string[] = []
    const hostVerifier = (key: Buffer): boolean => {
      seen.push(key.toString('base64'))
      return true
    }
    const second = makeHostKey('ed25519')
    const device = await SshDevice.start({ hostKeys: [HOST_KEY, second] })
    await device.connect({ hostVerifier, algorithms: { serverHostKey: ['rsa-sha2-512'] } })
    await device.connect({ hostVerifier, algorithms: { serverHostKey: ['ssh-ed25519'] } })
    expect(seen).toEqual([HOST_KEY, second].map(key => publicHalf(key).toString('base64')))
    expect(fingerprintOfKey(HOST_KEY)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  })

  it.each([
    ['admin', { user: 'admin' }],
    ['admin+ct4096w', { user: 'admin', width: 4096 }],
    ['admin+120w', { user: 'admin', width: 120 }],
    ['admin+c', { user: 'admin' }],
    ['a+b+c80w', { user: 'a+b', width: 80 }],
    ['a+B', { user: 'a+B' }],
  ])('understands the name %s', (text, name) => {
    expect(parseLoginName(text)).toEqual(name)
  })
})
