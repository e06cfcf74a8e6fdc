import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A certificate authority and a server certificate that it signed, as PEM. */
export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** Makes a new authority and a certificate for that host, localhost and the loopback addresses; valid for a year. */
export async function makeCertificates(host: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'simulated-cluster-ca' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  const own = isIP(host) === 0 ? { type: 2 as const, value: host } : { type: 7 as const, ip: host }
  const server = await generate([{ name: 'commonName', value: 'simulated-cluster' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [own, { type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }],
      },
    ],
  })
  return { ca: authority.cert, cert: server.cert, key: server.private }
}
