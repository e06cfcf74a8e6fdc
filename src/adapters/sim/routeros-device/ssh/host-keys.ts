import { createHash } from 'node:crypto'
import ssh2 from 'ssh2'

/** Kinds of host key that a device can have: RSA of 2048 bits, and ed25519 beside or instead of it since 7.9. */
export type HostKeyType = 'rsa' | 'ed25519'

/** A key pair in OpenSSH's format, the public half as a line of `authorized_keys`. */
export interface SshKeyPair {
  readonly private: string
  readonly public: string
}

/** A new private host key in OpenSSH's format. */
export function makeHostKey(type: HostKeyType): string {
  return makeKeyPair(type).private
}

/** A new key pair. The library writes a few of its ed25519 keys so that neither it nor OpenSSH can read them. */
export function makeKeyPair(type: HostKeyType): SshKeyPair {
  for (;;) {
    const pair =
      type === 'rsa' ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) : ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}

/** The public half of a key, private or public, in the wire's format. Throws when it is no key, or more than one. */
export function publicHalf(key: string): Buffer {
  return parse(key).getPublicSSH()
}

/** `SHA256:…` of a key, as OpenSSH writes it. Throws as `publicHalf` does. */
export function fingerprintOfKey(key: string): string {
  const digest = createHash('sha256').update(publicHalf(key)).digest('base64')
  return `SHA256:${digest.replace(/=+$/, '')}`
}

/** `ssh-rsa AAAA…`: a key as a line of `known_hosts` without its address. Throws as `publicHalf` does. */
export function publicKeyLine(key: string): string {
  return `${parse(key).type} ${publicHalf(key).toString('base64')}`
}

function parse(key: string): ssh2.ParsedKey {
  const parsed = ssh2.utils.parseKey(key)
  const [only] = Array.isArray(parsed) ? parsed : [parsed]
  if (only === undefined || only instanceof Error) throw new Error(`no SSH key: ${only?.message ?? 'empty'}`)
  return only
}
