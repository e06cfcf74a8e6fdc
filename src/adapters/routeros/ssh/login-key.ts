/** Kinds of keys that RouterOS takes for its users: RSA always, ed25519 from 7.12 on, never ECDSA. */
const TAKEN = new Set(['ssh-ed25519', 'ssh-rsa'])

/** Throws where the file holds no private key that RouterOS would take; says why, and nothing of what the file holds. */
export async function requireLoginKey(file: string): Promise<void> {
  const { default: ssh2 } = await import('ssh2')
  const parsed = ssh2.utils.parseKey(file)
  if (parsed instanceof Error) {
    const why = /passphrase|encrypted/i.test(parsed.message) ? 'it is protected by a passphrase' : 'it holds none'
    throw new Error(`the key file cannot be used: ${why}; it has to hold one private key, ed25519 or RSA`)
  }
  if (!parsed.isPrivateKey()) throw new Error('the key file holds a public key; the private one is needed')
  if (!TAKEN.has(parsed.type)) {
    throw new Error(
      `RouterOS takes no keys of the kind ${parsed.type} for its users, but ed25519 (from 7.12 on) and RSA`,
    )
  }
}
