import { lstat, mkdir, readdir, rmdir, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { StorageError } from '../../../domain/errors.ts'
import { socketPath } from './socket-path.ts'

/** The one thing in a mounted directory: the socket at which the bytes can be reached. */
export const VOLUME_SOCKET = 'volume.sock'
const MODE = 0o750

type Kind = 'nothing' | 'directory' | 'socket' | 'empty file' | 'file with content' | 'something else'

/** Makes the directory, or proves that it is empty; what a killed process left in it is taken away. */
export async function makeDirectory(path: string): Promise<void> {
  const kind = await kindOf(path)
  if (kind === 'nothing') return void (await mkdir(path, { recursive: true, mode: MODE }))
  if (kind !== 'directory') throw inTheWay(path, kind)
  const entries = await readdir(path)
  if (entries.includes(VOLUME_SOCKET)) await removeSocket(join(path, VOLUME_SOCKET))
  const foreign = entries.filter(entry => entry !== VOLUME_SOCKET)
  if (foreign.length > 0) throw inTheWay(path, `a directory with ${foreign.length} entries`)
}

/** Makes the parent and proves that nothing is at the path itself, save an empty file or what a killed process left. */
export async function clearForSocket(path: string): Promise<void> {
  const kind = await kindOf(path)
  if (kind === 'nothing') return void (await mkdir(dirname(path), { recursive: true, mode: MODE }))
  if (kind === 'socket') return removeSocket(path)
  if (kind !== 'empty file') throw inTheWay(path, kind)
  await unlink(path)
}

/** Takes the empty directory or file away; success if nothing is there. Whatever holds anything stays, and is an error. */
export async function removeMountPoint(path: string): Promise<void> {
  const kind = await kindOf(path)
  if (kind === 'nothing') return
  if (kind === 'directory') {
    await makeDirectory(path)
    await rmdir(path)
  } else {
    await clearForSocket(path)
  }
}

async function kindOf(path: string): Promise<Kind> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new StorageError('internal', `${path} cannot be looked at: ${error.message}`, { cause: error })
  })
  if (stats === undefined) return 'nothing'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSocket()) return 'socket'
  if (!stats.isFile()) return 'something else'
  return stats.size === 0 ? 'empty file' : 'file with content'
}

/** Removes a socket that nobody serves any more. */
async function removeSocket(path: string): Promise<void> {
  if ((await kindOf(path)) !== 'socket') throw inTheWay(path, 'something else')
  if (await isServed(path)) throw inTheWay(path, 'a volume that another process serves')
  await unlink(path)
}

async function isServed(path: string): Promise<boolean> {
  const name = await socketPath(path)
  const served = await new Promise<boolean>(resolve => {
    const socket = connect(name.path)
    socket.once('connect', () => resolve(socket.destroy().destroyed))
    socket.once('error', () => resolve(false))
  })
  await name.close()
  return served
}

const inTheWay = (path: string, what: string): StorageError =>
  new StorageError('precondition', `${path} is ${what}; it is left alone: see what it is and remove it by hand`)
