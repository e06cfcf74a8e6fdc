import { X509Certificate } from 'node:crypto'
import { checkServerIdentity, type ConnectionOptions, type TLSSocket } from 'node:tls'
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

  /**
   * Throws `invalid` where the CA file holds no certificate: without one Node would trust all that the machine trusts.
   * Nothing may be sent before `verify` has passed: Node itself would end a connection that is not to be trusted before
   * anybody could tell which certificate it showed.
   */
  async options(): Promise<ConnectionOptions> {
    if (this.#ca === undefined) return { rejectUnauthorized: false }
    return { ca: certificatesIn(await this.#ca()), rejectUnauthorized: false }
  }

  /** Throws where the peer's certificate is not the pinned one, was not signed by the CA, or is not for this host. */
  verify(socket: TLSSocket, host: string): void {
    const seen = plain(socket.getPeerCertificate().fingerprint256 ?? '')
    if (this.#fingerprint !== undefined && seen !== this.#fingerprint) {
      throw new Error(
        `the device's certificate has the SHA-256 fingerprint ${pretty(seen)}, expected is ${pretty(this.#fingerprint)}`,
      )
    }
    if (this.#ca === undefined || socket.authorized) return
    throw new Error(
      `the device's certificate, with the SHA-256 fingerprint ${pretty(seen)}, is not what the CA file proves: ${doubtOf(socket, host)}`,
    )
  }
}

/** Why Node would not have trusted the peer. */
function doubtOf(socket: TLSSocket, host: string): string {
  const unlike = checkServerIdentity(host, socket.getPeerCertificate())
  // Typed as an error, and in fact its code.
  const code = String(socket.authorizationError)
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? (unlike?.message ?? code) : code
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
