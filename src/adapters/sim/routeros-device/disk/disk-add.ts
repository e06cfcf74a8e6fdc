import { type Arguments, parseArguments } from '../arguments.ts'
import type { DeviceState } from '../device-state.ts'
import { DISK_ADD } from './disk-arguments.ts'
import { checkNqn, checkSlot, limitComment } from './disk-checks.ts'
import { type FileEntry, parentOf } from '../file/file-tree.ts'
import { writeId } from '../item-ids.ts'

/** `/disk/add type=file`: answers the new item's `.id`. The file is made, or the one that is there is attached. */
export function addDisk(device: DeviceState, args: Arguments): string {
  const settings = settingsOf(device, args)
  const { traps, files } = device
  const type = settings.get('type')
  if (type === undefined) throw traps.missing('type')
  if (type !== 'file') throw traps.refused('notModelled')
  const path = settings.get('file-path')
  if (path === undefined) throw traps.missing('file-path')
  const name = path.slice(1)
  // Assigned automatically when absent: `file-` and the path with dashes (manual).
  if (!settings.get('slot')) settings.set('slot', `file-${name.replaceAll('/', '-')}`)

  const size = settings.get('file-size') ?? ''
  settings.delete('file-size')
  // A file disk has no file system of its own that could compress.
  if (settings.get('compress') === 'true') throw traps.compression()
  checkFile(device, name, size)
  checkTaken(device, settings, () => leaveBehind(device, name, Number(size)))
  if (files.hasParent(name)) makeFile(device, name, Number(size))
  return writeId(device.disks.add(settings).id, '*')
}

/** The arguments on top of those of the `copy-from` item: its settings become the defaults, export and NQN included. */
function settingsOf(device: DeviceState, args: Arguments): Map<string, string> {
  const given = parseArguments(args, DISK_ADD, device.traps)
  limitComment(device, given)
  const source = given.get('copy-from')
  given.delete('copy-from')
  if (source === undefined) return given
  const original = device.disks.find(source)
  if (original === undefined) throw device.traps.noSuchItem()
  const inherited = new Map(original.settings)
  inherited.delete('slot')
  return new Map([...inherited, ...given])
}

function checkFile(device: DeviceState, name: string, size: string): void {
  checkDirectory(device, name)
  const existing = device.files.get(name)
  if (existing !== undefined) checkExisting(device, existing, size)
  else if (size === '') throw device.traps.missing('file-size')
  else if (device.subvolumes.isReadOnly(name)) throw device.traps.refused('readOnly')
}

function checkDirectory({ files, pool, switches, traps }: DeviceState, name: string): void {
  if (files.hasParent(name)) return
  if (switches.missingDirectory === 'refused' || !pool.mounted) throw traps.refused('missingDirectory')
  if (switches.missingDirectory === 'created') files.makeDirectories(parentOf(name))
}

/** An existing file is attached without a size (manual: an .iso); with one it is unknown. */
function checkExisting(device: DeviceState, existing: FileEntry, size: string): void {
  const { disks, switches, traps } = device
  const refused = size !== '' && switches.addWithExistingFile === 'refused'
  if (existing.kind !== 'file' || refused) throw traps.refused('duplicateFile')
  const shared = disks.list().some(disk => disk.file === existing)
  if (shared && switches.sameFileTwice === 'refused') throw traps.refused('fileInUse')
  const readOnly = switches.diskOnReadOnlySnapshot === 'refused' && device.subvolumes.isReadOnly(existing.name)
  if (readOnly) throw traps.refused('readOnly')
}

/** Slot and NQN; on a refusal `leave` leaves what a failed add leaves behind. */
function checkTaken(device: DeviceState, settings: ReadonlyMap<string, string>, leave: () => void): void {
  try {
    checkSlot(device, settings.get('slot') ?? '', undefined)
    checkNqn(device, { id: 0, settings: new Map(settings) })
  } catch (error) {
    leave()
    throw error
  }
}

function makeFile(device: DeviceState, name: string, size: number): void {
  const { files, pool, switches } = device
  const existing = files.get(name)
  if (existing !== undefined && (size === 0 || switches.addWithExistingFile === 'attached')) return
  if (size - (existing?.size ?? 0) > pool.free) {
    leaveBehind(device, name, size)
    throw device.traps.refused('noSpace')
  }
  if (existing === undefined) files.makeFile(name, size)
  else files.resize(existing, size)
}

function leaveBehind(device: DeviceState, name: string, size: number): void {
  const { files, switches, pool } = device
  const leaves = switches.failedAddLeavesFile
  if (leaves === 'nothing' || files.get(name) !== undefined || !files.hasParent(name)) return
  files.makeFile(name, leaves === 'empty' ? 0 : Math.min(size, pool.free))
}
