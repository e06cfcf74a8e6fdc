import { type Arguments, parseArguments, referencedItems } from './arguments.ts'
import type { Command, Menu, MenuCommand, Outcome } from './command.ts'
import type { DeviceState } from './device-state.ts'
import type { FileEntry } from './file-tree.ts'
import { listFiles } from './file-rows.ts'
import { writeId } from './item-ids.ts'
import { printRows } from './print.ts'
import { choice, isFileName, text, type ValueKind } from './value-kinds.ts'

/** A name on input; a leading slash is accepted when adding (schema), names read back without it. */
const newName: ValueKind = value => {
  const name = value.startsWith('/') ? value.slice(1) : value
  return isFileName(name) ? name : { refused: 'invalid' }
}
const PRINT = ['path', 'recursive', 'recursive-print', 'relative', 'show-hidden']
const ADD = new Map<string, { kind: ValueKind }>([
  ['name', { kind: newName }],
  ['type', { kind: choice('directory', 'file') }],
  ['contents', { kind: text }],
])
const SET = new Map([...ADD].filter(([name]) => name === 'name'))
const NONE: typeof ADD = new Map()

/** The commands of `/file` that are modelled. */
export function fileMenu(device: DeviceState): Menu {
  const print: MenuCommand = { policy: 'read', run: command => printFiles(device, command) }
  const write = (run: (device: DeviceState, args: Arguments) => Outcome): MenuCommand => ({
    policy: 'write',
    run: ({ args }) => run(device, args),
  })
  return {
    '/file/print': print,
    '/file/getall': print,
    '/file/add': write(addFile),
    '/file/set': write(renameFile),
    '/file/remove': write(removeFiles),
  }
}

function printFiles(device: DeviceState, command: Command): Outcome {
  return printRows(listFiles(device, command.args), command, device.traps, PRINT)
}

function addFile(device: DeviceState, args: Arguments): Outcome {
  const { traps, files, pool } = device
  const values = parseArguments(args, ADD, [], traps)
  const name = values.get('name')
  if (name === undefined) throw traps.missing('name')
  checkNewName(device, name)
  if (values.get('type') === 'directory') {
    files.makeDirectories(name)
    return { ret: idOf(files.get(name)) }
  }
  const contents = values.get('contents') ?? ''
  if (Buffer.byteLength(contents) > pool.free) throw traps.refused('noSpace')
  return { ret: idOf(files.makeFile(name, Buffer.byteLength(contents), contents)) }
}

/** `/file/set name=` renames. What renaming a directory or a file in use does is unknown. */
function renameFile(device: DeviceState, args: Arguments): Outcome {
  const name = parseArguments(args, SET, ['.id', 'numbers'], device.traps).get('name')
  const [entry, ...more] = entries(device, args)
  if (name === undefined || entry === undefined) return {}
  checkNewName(device, name)
  if (more.length > 0 || entry.kind !== 'file' || inUse(device, entry)) throw device.traps.refused('fileInUse')
  device.files.rename(entry, name)
  return {}
}

function removeFiles(device: DeviceState, args: Arguments): Outcome {
  parseArguments(args, NONE, ['.id', 'numbers'], device.traps)
  const { traps, switches, files, disks } = device
  const gone = entries(device, args)
  for (const entry of gone) {
    if (entry.kind === 'disk') throw traps.refused('diskInUse')
    const below = files.below(entry)
    if (below.length > 0 && switches.removeDirectory === 'refused') throw traps.refused('directoryNotEmpty')
    const used = [entry, ...below].some(file => inUse(device, file))
    if (used && switches.removeFileInUse === 'refused') throw traps.refused('fileInUse')
  }
  for (const entry of gone) files.remove(entry)
  // Disks on removed files fall into state E; the space is free at once here, later on a device that unlinks.
  disks.attachAll()
  return {}
}

function checkNewName(device: DeviceState, name: string): void {
  if (device.files.get(name) !== undefined) throw device.traps.refused('duplicateFile')
  if (!device.files.hasParent(name)) throw device.traps.refused('missingDirectory')
}

function inUse(device: DeviceState, entry: FileEntry): boolean {
  return device.disks.list().some(disk => disk.file === entry)
}

function entries(device: DeviceState, args: Arguments): FileEntry[] {
  return referencedItems(args, reference => device.files.find(reference), device.traps)
}

function idOf(entry: FileEntry | undefined): string {
  return entry === undefined ? '' : writeId(entry.id, '**')
}
