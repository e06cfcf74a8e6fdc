import { chmod, lstat, mkdtemp, rename, rm, stat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, isAbsolute, join } from 'node:path'
import { StorageError } from '../../domain/errors.ts'

/** What a Unix socket address holds on Linux, its closing zero left out. */
const LONGEST_PATH = 107
const NURSERY = '.csi-'
const CONNECT_LIMIT_MS = 1000

/** The absolute path named by `unix:///path`, `unix:/path` or `/path`; throws `invalid` for anything else. */
export function socketPath(endpoint: string): string {
  const path = endpoint.replace(/^unix:(\/\/)?/, '')
  if (!isAbsolute(path) || path.endsWith('/')) {
    throw new StorageError('invalid', `endpoint "${endpoint}" names no socket: unix:///absolute/path is needed`)
  }
  // While it is bound, the socket has a longer name than later: see bindSocketFile.
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(join(dirname(path), `${NURSERY}XXXXXX`, 's')))
  if (longest > LONGEST_PATH) {
    throw new StorageError('invalid', `endpoint "${endpoint}" is too long for a Unix socket: shorten it`)
  }
  return path
}

/** A socket file that this process has put in its place. */
export interface SocketFile {
  /** Removes it; leaves alone what another process has put there since. Harmless when it is gone. */
  remove(): Promise<void>
}

/**
 * Puts a listening socket at `path`. `bind` is given a name in a private directory beside it; only when it listens with
 * its final mode it is renamed: nobody can connect with wider permissions in between, and a stale socket is replaced in
 * one step. Throws `precondition` where another process answers, where something that is no socket lies, or where the
 * directory is missing; what lies there is then left as it was.
 */
export async function bindSocketFile(
  path: string,
  mode: number,
  bind: (path: string) => Promise<void>,
): Promise<SocketFile> {
  await requireDirectory(dirname(path))
  await requireVacant(path)
  const nursery = await mkdtemp(join(dirname(path), NURSERY))
  try {
    const newborn = join(nursery, 's')
    await bind(newborn)
    await chmod(newborn, mode)
    const { dev, ino } = await lstat(newborn)
    await rename(newborn, path)
    return { remove: () => removeSame(path, { dev, ino }) }
  } finally {
    await rm(nursery, { recursive: true, force: true })
  }
}

async function requireDirectory(directory: string): Promise<void> {
  const found = await absentAs(undefined, stat(directory))
  if (found?.isDirectory() === true) return
  throw new StorageError('precondition', `the socket's directory ${directory} does not exist: create or mount it`)
}

async function requireVacant(path: string): Promise<void> {
  const found = await absentAs(undefined, lstat(path))
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new StorageError('precondition', `${path} is there and is no socket: move it away, or use another endpoint`)
  }
  if (await answers(path)) {
    throw new StorageError('precondition', `another process serves ${path}: stop it, or use another endpoint`)
  }
}

/** False only where the kernel says that nobody listens. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  const timer = setTimeout(() => resolve(true), CONNECT_LIMIT_MS)
  socket.once('connect', () => resolve(true))
  socket.once('error', (error: NodeJS.ErrnoException) =>
    resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
  )
  return promise.finally(() => {
    clearTimeout(timer)
    socket.destroy()
  })
}

async function removeSame(path: string, ours: { readonly dev: number; readonly ino: number }): Promise<void> {
  const found = await absentAs(undefined, lstat(path))
  if (found?.dev === ours.dev && found.ino === ours.ino) await absentAs(undefined, unlink(path))
}

/** The result, or `absent` where the file does not exist. */
async function absentAs<Value, Absent>(absent: Absent, pending: Promise<Value>): Promise<Value | Absent> {
  try {
    return await pending
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent
    throw error
  }
}
