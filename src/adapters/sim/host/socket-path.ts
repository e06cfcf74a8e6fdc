import { open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { StorageError } from '../../../domain/errors.ts'

/** What fits into the kernel's `sun_path`, beside its closing zero. */
const LONGEST = 107

/** A name of a UNIX socket that the kernel takes, and that means the same file until it is closed. */
export interface SocketPath {
  readonly path: string
  close(): Promise<void>
}

/**
 * Paths of published volumes are often longer than a socket's may be. Such a one is reached through its directory, held
 * open: the socket itself lies at the long path. Errors: the directory is missing (`ENOENT`), or the file's own name is
 * too long (`invalid`).
 */
export async function socketPath(path: string): Promise<SocketPath> {
  if (Buffer.byteLength(path) <= LONGEST) return { path, close: async () => undefined }
  const directory = await open(dirname(path), 'r')
  const short = `/proc/self/fd/${directory.fd}/${basename(path)}`
  if (Buffer.byteLength(short) <= LONGEST) return { path: short, close: () => directory.close() }
  await directory.close()
  throw new StorageError('invalid', `${path}: the last name is too long for a UNIX socket (about 85 bytes)`)
}
