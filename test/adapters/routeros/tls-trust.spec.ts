import { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'
import { beforeAll, describe, expect, it } from 'vitest'
import { TlsTrust, type TlsTrustOptions } from '../../../src/adapters/routeros/tls-trust.ts'
import type { Peer } from '../../support/routeros-fake-router.ts'
import { never, scriptedBy, type TransportRig, until } from '../../support/routeros-transports.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { API_CLIENTS } from '../../../src/adapters/routeros/api/api-transport.ts'

describe.each(API_CLIENTS)('with the client %s', client => {
  const { scripted, failureToConnect } = scriptedBy(client)

  const done = (_: readonly string[], peer: Peer): void => peer.reply(['!done'])
  const print = { path: '/disk/print' }
  let own: { cert: string; key: string; fingerprint: string }
  let other: typeof own

  async function certificate(address: string): Promise<typeof own> {
    const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: address }] }]
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'rds' }], { keySize: 2048, extensions })
    return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 }
  }

  beforeAll(async () => {
    own = await certificate('127.0.0.1')
    other = await certificate('127.0.0.2')
  })

  /** A device with this certificate, and a transport that trusts like this. */
  const overTls = (trust: TlsTrustOptions): Promise<TransportRig> =>
    scripted(done, { tls: own, access: { trust: new TlsTrust(trust) } })

  const refusedBy = (trust: TlsTrustOptions, tls = own) =>
    failureToConnect(done, { tls, access: { trust: new TlsTrust(trust) } })

  describe('the proof of who the appliance is', () => {
    it('is refused to be missing', () => {
      expect(() => new TlsTrust({})).toThrow('nothing proves who the appliance is')
    })

    it.each(['', 'abc', 'g'.repeat(64), 'sha256:1234'])('is refused as the fingerprint "%s"', fingerprint => {
      expect(() => new TlsTrust({ fingerprint })).toThrow('no SHA-256 fingerprint')
    })

    it('may be the certificate’s fingerprint, in any usual spelling', async () => {
      for (const fingerprint of [own.fingerprint, own.fingerprint.replaceAll(':', '').toLowerCase()]) {
        const { transport } = await overTls({ fingerprint })
        await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
      }
    })

    it('may be whoever signed the certificate', async () => {
      const { transport } = await overTls({ ca: async () => own.cert })
      await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
    })

    it('may be given up on request only', async () => {
      const { transport } = await overTls({ insecureSkipVerify: true })
      await expect(transport.run(print, never())).resolves.toMatchObject({ rows: [] })
    })
  })

  describe('a peer that proves nothing', () => {
    it('is told by both fingerprints', async () => {
      const { error } = await refusedBy({ fingerprint: other.fingerprint })
      const message = `fingerprint ${own.fingerprint}, expected is ${other.fingerprint}`
      expect(error).toMatchObject({ message: expect.stringContaining(message) })
    })

    it.each([
      ['has another fingerprint', () => ({ fingerprint: other.fingerprint })],
      ['was signed by somebody else', () => ({ ca: async () => other.cert })],
      [
        'was signed by the right one but is not the pinned one',
        () => ({ ca: async () => own.cert, fingerprint: other.fingerprint }),
      ],
    ])('never sees the password when it %s', async (_, trust) => {
      const { error, router } = await refusedBy(trust())
      expect(error).toMatchObject({ failure: 'not-connected', unclear: false })
      expect(router.heard).toEqual([])
    })

    it.each([
      ['is empty', ''],
      ['holds no certificate', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
      ['holds one that cannot be read', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ])('never sees the password when the CA file %s', async (_, ca) => {
      const { error, router } = await refusedBy({ ca: async () => ca })
      expect(error).toMatchObject({ failure: 'not-connected', message: expect.stringContaining('the CA file holds') })
      expect(router.chunks).toEqual([])
    })

    it('never sees the password when its certificate is for another address', async () => {
      const { error, router } = await refusedBy({ ca: async () => other.cert }, other)
      expect(error).toMatchObject({ failure: 'not-connected', message: expect.stringContaining('127.0.0.2') })
      expect(router.heard).toEqual([])
    })

    it('never sees the password when it speaks no TLS at all', async () => {
      const access = { trust: new TlsTrust({ fingerprint: own.fingerprint }) }
      const clock = new SimulatedClock()
      const { transport, router } = await scripted(() => undefined, { access, clock, timing: { wait: 300 } })
      const failed = expect(transport.run(print, never())).rejects.toMatchObject({ failure: 'not-connected' })
      await until(() => router.chunks.length > 0)
      await clock.advance(300)
      await failed
      // What it takes for sentences is the beginning of TLS.
      expect(Buffer.concat(router.chunks).toString('latin1')).not.toMatch(/login|secret/)
    })
  })
})
