import ssh2, { type AuthContext, type PublicKeyAuthContext } from 'ssh2'
import { type DeviceUser, permits, type Users } from '../users.ts'

/** Kinds of key that a user may have: RSA always, ed25519 since 7.12; ECDSA is refused when it is imported. */
const USER_KEYS: ReadonlySet<string> = new Set(['ssh-rsa', 'ssh-ed25519'])

/**
 * The user whom an attempt to log in shows to be there; `undefined`: nobody. Somebody with a key may not use a password
 * any more (`password-authentication=yes-if-no-key`). A key without a signature is only a question whether it would do.
 */
export function judge(users: Users, name: string, attempt: AuthContext): DeviceUser | undefined {
  if (attempt.method === 'publickey') return judgeKey(users.find(name), attempt)
  if (attempt.method !== 'password') return undefined
  const user = users.authenticate('ssh', name, attempt.password)
  return user !== undefined && keysOf(user).length === 0 ? user : undefined
}

function judgeKey(user: DeviceUser | undefined, attempt: PublicKeyAuthContext): DeviceUser | undefined {
  if (user === undefined || !permits(user, 'ssh')) return undefined
  const key = keysOf(user).find(known => known.getPublicSSH().equals(attempt.key.data))
  if (key === undefined) return undefined
  const { signature, blob, hashAlgo } = attempt
  if (signature === undefined || blob === undefined) return user
  // The library answers with an error for a signature that it can't read.
  const verified: unknown = key.verify(blob, signature, hashAlgo)
  return verified === true ? user : undefined
}

function keysOf({ keys = [] }: DeviceUser): ssh2.ParsedKey[] {
  return keys.flatMap(line => {
    const parsed = ssh2.utils.parseKey(line)
    const all = Array.isArray(parsed) ? parsed : [parsed]
    return all.filter((key): key is ssh2.ParsedKey => !(key instanceof Error) && USER_KEYS.has(key.type))
  })
}
