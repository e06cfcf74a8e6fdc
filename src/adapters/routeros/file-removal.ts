import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import { fileName } from './device-path.ts'
import type { Holdings } from './holdings.ts'
import { GONE } from './late-commands.ts'
import { refused } from './refusals.ts'
import type { ItemId } from './slot.ts'

/** Reads one file; undefined where there is none. */
export async function readFile(
  { appliance, table }: Holdings,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Bytes | undefined } | undefined> {
  const [file] = await appliance.filesBelow(appliance.basePath, [path], signal)
  if (file === undefined) table.files.drop(path)
  else table.files.put(path, file.bytes)
  return file
}

/** Removes the backing file of a volume or snapshot, that no disk uses. Success where it is not there. In turn. */
export async function removeFile(holdings: Holdings, id: ItemId, path: string, signal: AbortSignal): Promise<void> {
  const task = `remove the file ${path}`
  await requireNoStranger(holdings, path, task, signal)
  const command = { path: '/file/remove', args: { '.id': fileName(path) } }
  const shows = (): boolean => !holdings.table.files.has(path)
  const trap = await holdings.change(id, { task, command, aim: GONE, shows }, signal)
  if (trap !== undefined) {
    await holdings.inDoubtUnless(id, () => holdings.appliance.requireMounted(task, signal))
    // "No such item" may mean a name that is written otherwise.
    if ((await readFile(holdings, path, signal)) !== undefined) throw refused(task, trap)
  }
  holdings.table.files.drop(path)
}

/** Throws `conflict` where a stranger's disk is on the file; what was a stranger's once may be free by now. */
export async function requireNoStranger(
  { appliance, table, ownership }: Holdings,
  path: string,
  task: string,
  signal: AbortSignal,
): Promise<void> {
  if (table.strangerOn(path) === undefined) return
  const rows = await appliance.disksIn([], [path], `the disks on ${path}`, signal)
  table.learnStrangers(path, rows, ownership)
  const slot = table.strangerOn(path)
  if (slot === undefined) return
  throw new StorageError('conflict', `cannot ${task}: disk "${slot}", which is not ours, uses it`)
}
