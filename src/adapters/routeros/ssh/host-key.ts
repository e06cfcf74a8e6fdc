import { createHash } from 'node:crypto'
import { StorageError } from '../../../domain/errors.ts'

/** What proves that the peer is the appliance. */
export interface HostKeyTrust {
  /** `SHA256:…` as ssh-keygen prints it, or a line of a public key file: `ssh-ed25519 AAAA…`. */
  readonly hostKey?: string
  /** Takes any peer for the appliance: the password and all volumes are then everybody's. */
  readonly insecureSkipVerify?: boolean
}

const FINGERPRINT = /^SHA256:([A-Za-z0-9+/]{43})=?$/
const PUBLIC_KEY = /^(ssh-ed25519|ssh-rsa) ([A-Za-z0-9+/]+={0,2})(?:\s.*)?$/

/** The check of the device's host key, which is done before we say who we are. */
export class HostKey {
  readonly #expected: string | undefined

  /** Throws `invalid` where nothing would prove anything, and that was not asked for. */
  constructor({ hostKey, insecureSkipVerify = false }: HostKeyTrust) {
    if (hostKey === undefined && !insecureSkipVerify) {
      throw new StorageError('invalid', 'nothing proves who the appliance is: give its SSH host key')
    }
    this.#expected = hostKey === undefined ? undefined : hostKeyFingerprint(hostKey)
  }

  /** Undefined where the key is the pinned one, else what is wrong with it. */
  problemOf(key: Buffer): string | undefined {
    const seen = fingerprintOf(key)
    if (this.#expected === undefined || seen === this.#expected) return undefined
    return `the device's host key (${typeOf(key)}) has the fingerprint ${seen}, expected is ${this.#expected}`
  }
}

/** The fingerprint of a key in either form, as `SHA256:…`. Throws `invalid` for anything else. */
export function hostKeyFingerprint(text: string): string {
  const [, digest] = FINGERPRINT.exec(text.trim()) ?? []
  if (digest !== undefined) return `SHA256:${digest}`
  const [, type, base64] = PUBLIC_KEY.exec(text.trim()) ?? []
  const key = Buffer.from(base64 ?? '', 'base64')
  if (type === undefined || typeOf(key) !== type) {
    throw new StorageError(
      'invalid',
      `"${text}" is no host key: give SHA256:… or a line such as "ssh-ed25519 AAAA…" (ed25519 or RSA)`,
    )
  }
  return fingerprintOf(key)
}

const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** A public key begins with its type, preceded by its length in four bytes. */
function typeOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE()
  return length > 0 && length < 64 ? key.toString('latin1', 4, 4 + length) : 'of no known form'
}
