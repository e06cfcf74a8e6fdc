import { join } from 'node:path'
import { keptSecret } from './kept-secret.ts'
import type { HostKeyType } from './ssh/host-keys.ts'

/** The SSH host key of a device: private, and what clients know of it. */
export interface DeviceHostKey {
  readonly privateKey: string
  readonly fingerprint: string
  readonly publicKey: string
}

/** The host key in a data folder; made there when there is none yet. */
export async function keptHostKey(folder: string, type: HostKeyType): Promise<DeviceHostKey> {
  // Loaded only when needed: the library is slow to load and most devices run without SSH.
  const { fingerprintOfKey, makeHostKey, publicKeyLine } = await import('./ssh/host-keys.ts')
  const privateKey = await keptSecret(join(folder, `ssh-host-key-${type}`), () => makeHostKey(type))
  return { privateKey, fingerprint: fingerprintOfKey(privateKey), publicKey: publicKeyLine(privateKey) }
}
