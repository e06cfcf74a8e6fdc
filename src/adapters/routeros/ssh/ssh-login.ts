import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { AnyAuthMethod, Client } from 'ssh2'
import { abortable } from '../deadline.ts'
import type { HostKey } from './host-key.ts'
import { requireLoginKey } from './login-key.ts'

/** How to reach the device and who we are to it. */
export interface SshAccess {
  readonly address: string
  readonly port: number
  readonly hostKey: HostKey
  readonly user: string
  /** Asked at each login; not where there is a key: RouterOS refuses passwords to a user who has one. */
  readonly password?: () => Promise<string>
  /** A private key, asked at each login. */
  readonly key?: () => Promise<string>
}

/** After this long without a word, and every second from then on, the system asks the peer whether it is there. */
const KEEPALIVE_DELAY = 5000
const HOST_KEYS = ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'] as const

/** Connects, makes sure who the device is, and only then logs in. Leaves nothing open where one of them fails. */
export async function login(access: SshAccess, signal: AbortSignal): Promise<Client> {
  const method = await abortable(methodOf(access), signal)
  // Eighty milliseconds and sixteen megabytes that nobody has to spend who does not use it.
  const { default: ssh2 } = await import('ssh2')
  const socket = await connected(access, signal)
  const client = new ssh2.Client()
  let doubt: string | undefined
  const ready = Promise.withResolvers<void>()
  client.once('ready', () => ready.resolve())
  client.once('close', () =>
    ready.reject(new Error('the device closed the connection: too many sessions, most likely')),
  )
  // Later errors end the connection, which is all that matters of them.
  client.on('error', error => ready.reject(explained(error, access, doubt)))
  try {
    client.connect({
      sock: socket,
      username: access.user,
      authHandler: [method],
      hostVerifier: (key: Buffer) => {
        doubt = access.hostKey.problemOf(key)
        return doubt === undefined
      },
      algorithms: { serverHostKey: [...HOST_KEYS] },
      // Both are the business of whoever called.
      readyTimeout: 0,
      keepaliveInterval: 0,
    })
    await abortable(ready.promise, signal)
    return client
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  }
}

async function connected({ address: host, port }: SshAccess, signal: AbortSignal): Promise<Socket> {
  const socket = createConnection({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEPALIVE_DELAY,
  })
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw signal.aborted ? signal.reason : error
  }
}

async function methodOf({ user: username, key, password }: SshAccess): Promise<AnyAuthMethod> {
  if (key !== undefined) {
    const file = await key()
    await requireLoginKey(file)
    return { type: 'publickey', username, key: file }
  }
  if (password === undefined) throw new Error('neither a password nor a key was given')
  return { type: 'password', username, password: await password() }
}

function explained(
  error: Error & { readonly level?: string },
  { user, key }: SshAccess,
  doubt: string | undefined,
): Error {
  if (doubt !== undefined) return new Error(doubt, { cause: error })
  if (error.level !== 'client-authentication') return error
  const what =
    key === undefined
      ? `the password of "${user}": it is wrong, the group lacks the policy ssh, or the user has a key, with which ` +
        'RouterOS takes no password'
      : `the key of "${user}": it was not imported for this user (/user/ssh-keys/import), or the group lacks the policy ssh`
  return new Error(`the device refused ${what}`, { cause: error })
}
