import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import type { ServerCertificate } from './device-server.ts'
import { keptSecret } from './kept-secret.ts'

/** How long a self-made certificate is good for, in milliseconds. */
const VALID_MS = 10 * 365 * 24 * 3600 * 1000

/** The certificate in a data folder; made there when there is none yet. */
export async function keptCertificate(folder: string): Promise<ServerCertificate> {
  const pem = await keptSecret(join(folder, 'certificate.pem'), async () => {
    const { key, cert } = await makeCertificate()
    return `${key.trim()}\n${cert.trim()}\n`
  })
  const [key = ''] = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/.exec(pem) ?? []
  return { key, cert: pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')) }
}

/** A certificate signed by itself for this machine's loopback names; with it as trust anchor, clients can verify it. */
export async function makeCertificate(): Promise<ServerCertificate> {
  // Loaded only when needed: it is slow to load and most devices run without TLS.
  const { generate } = await import('selfsigned')
  const made = await generate([{ name: 'commonName', value: 'routeros-device' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + VALID_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}

/** SHA-256 fingerprint of a PEM certificate, as hexadecimal pairs with colons. Throws when it is none. */
export function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256
}
