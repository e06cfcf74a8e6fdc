import { X509Certificate } from 'node:crypto'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { StorageError } from '../../domain/errors.ts'

/** What proves that the peer is the appliance. With both, both have to hold. */
export interface TlsTrustOptions {
  /** Certificates (PEM) of which one has to have signed the device's; asked at each connection. */
  readonly ca?: () => Promise<string>
  /** SHA-256 fingerprint of the device's own certificate, in hexadecimal digits, with or without colons. */
  readonly fingerprint?: string
  /** Takes any peer for the appliance: the password and all volumes are then everybody's. */
  readonly insecureSkipVerify?: boolean
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
const SHA256 = /^[0-9a-f]{64}$/

/** The check of the device's certificate, which is done before anything is sent. */
export class TlsTrust {
  readonly #ca: (() => Promise<string>) | undefined
  readonly #fingerprint: string | undefined

  /** Throws `invalid` where nothing would prove anything, and that was not asked for. */
  constructor({ ca, fingerprint, insecureSkipVerify = false }: TlsTrustOptions) {
    if (ca === undefined && fingerprint === undefined && !insecureSkipVerify) {
      throw new StorageError(
        'invalid',
        'nothing proves who the appliance is: give a CA file or the fingerprint of its certificate',
      )
    }
    this.#ca = ca
    this.#fingerprint = fingerprint === undefined ? undefined : plain(fingerprint)
    if (this.#fingerprint !== undefined && !SHA256.test(this.#fingerprint)) {
      throw new StorageError('invalid', `"${fingerprint}" is no SHA-256 fingerprint, which has 64 hexadecimal digits`)
    }
  }

  /** Throws `invalid` where the CA file holds no certificate: without one Node would trust all that the machine trusts. */
  async options(): Promise<ConnectionOptions> {
    // A pinned certificate is proven by itself, in `verify`.
    if (this.#ca === undefined) return { rejectUnauthorized: false }
    return { ca: certificatesIn(await this.#ca()), rejectUnauthorized: true }
  }

  /** Throws where the peer's certificate is not the pinned one. */
  verify(socket: TLSSocket): void {
    if (this.#fingerprint === undefined) return
    const seen = plain(socket.getPeerCertificate().fingerprint256 ?? '')
    if (seen === this.#fingerprint) return
    throw new Error(
      `the device's certificate has the SHA-256 fingerprint ${pretty(seen)}, expected is ${pretty(this.#fingerprint)}`,
    )
  }
}

function certificatesIn(pem: string): string[] {
  const certificates = pem.match(CERTIFICATE) ?? []
  if (certificates.length === 0) throw new StorageError('invalid', 'the CA file holds no certificate in PEM form')
  try {
    return certificates.map(certificate => new X509Certificate(certificate).toString())
  } catch (cause) {
    throw new StorageError('invalid', 'the CA file holds a certificate that cannot be read', { cause })
  }
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase()

const pretty = (fingerprint: string): string =>
  fingerprint === '' ? '(none)' : fingerprint.toUpperCase().replaceAll(/..(?=.)/g, '$&:')
