import {
  argumentTable,
  type Arguments,
  parseArguments,
  parseSettings,
  REFERENCES,
  referencedItems,
} from '../arguments.ts'
import type { Display, Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import { printArguments } from '../print.ts'
import { choice, text } from '../value-kinds.ts'
import { fileCopyCommand } from './file-copy.ts'
import { checkNewName, newName } from './file-names.ts'
import { listFiles } from './file-rows.ts'
import type { FileEntry } from './file-tree.ts'

const PRINT = printArguments('path', 'recursive', 'recursive-print', 'relative', 'show-hidden')
const ADD = argumentTable({ name: newName, type: choice('directory', 'file'), contents: text })
const SET = argumentTable({ name: newName }, REFERENCES)
const DISPLAYS: ReadonlyMap<string, Display> = new Map([
  ['size', 'size'],
  // Of packages, which the manual shows.
  ['package-name', 'quoted'],
  ['package-version', 'quoted'],
  ['package-architecture', 'quoted'],
])

/** The commands of `/file` that are modelled. */
export function fileMenu(device: DeviceState): Menu {
  const print = printCommand(({ args }) => listFiles(device, args), device.traps, PRINT)
  return {
    path: '/file',
    shape: 'items',
    named: 'name',
    flags: [],
    displays: DISPLAYS,
    columns: ['name', 'type', 'size', 'last-modified'],
    commands: {
      print,
      getall: print,
      add: writeCommand(ADD, args => addFile(device, args)),
      set: writeCommand(SET, args => renameFile(device, args), ['numbers']),
      remove: writeCommand(ITEMS, args => removeFiles(device, args), ['numbers']),
      copy: fileCopyCommand(device),
    },
  }
}

function addFile(device: DeviceState, args: Arguments): string {
  const { traps, files, pool } = device
  const values = parseArguments(args, ADD, traps)
  const name = values.get('name')
  if (name === undefined) throw traps.missing('name')
  checkNewName(device, name)
  if (values.get('type') === 'directory') {
    files.makeDirectories(name)
    return idOf(files.get(name))
  }
  const contents = values.get('contents') ?? ''
  if (Buffer.byteLength(contents) > pool.free) throw traps.refused('noSpace')
  return idOf(files.makeFile(name, Buffer.byteLength(contents), contents))
}

/** `/file/set name=` renames. What renaming a directory or a file in use does is unknown. */
function renameFile(device: DeviceState, args: Arguments): void {
  const name = parseSettings(args, SET, device.traps).get('name')
  const [entry, ...more] = entries(device, args)
  if (name === undefined || entry === undefined) return
  checkNewName(device, name)
  if (device.subvolumes.isReadOnly(entry.name)) throw device.traps.refused('readOnly')
  if (more.length > 0 || entry.kind !== 'file' || inUse(device, entry)) throw device.traps.refused('fileInUse')
  device.files.rename(entry, name)
}

function removeFiles(device: DeviceState, args: Arguments): void {
  parseArguments(args, ITEMS, device.traps)
  const { files, disks, subvolumes } = device
  const gone = entries(device, args)
  for (const entry of gone) checkRemoval(device, entry)
  for (const entry of gone) {
    files.remove(entry)
    subvolumes.forget(entry.name)
  }
  // Disks on removed files fall into state E; the space is free at once here, later on a device that unlinks.
  disks.attachAll()
}

/** A folder may be, or hold, a subvolume: it goes along when folders are removed with what is in them, if it may be written. */
function checkRemoval(device: DeviceState, entry: FileEntry): void {
  const { traps, switches, files, subvolumes } = device
  if (entry.kind === 'disk') throw traps.refused('diskInUse')
  const below = files.below(entry)
  if (below.length > 0 && switches.removeDirectory === 'refused') throw traps.refused('directoryNotEmpty')
  const all = [entry, ...below]
  if (all.some(({ name }) => subvolumes.isReadOnly(name))) throw traps.refused('readOnly')
  const used = all.some(file => inUse(device, file))
  if (used && switches.removeFileInUse === 'refused') throw traps.refused('fileInUse')
}

function inUse({ disks, copies }: DeviceState, entry: FileEntry): boolean {
  return copies.uses(entry) || disks.list().some(disk => disk.file === entry)
}

function entries(device: DeviceState, args: Arguments): FileEntry[] {
  return referencedItems(args, reference => device.files.find(reference), device.traps)
}

function idOf(entry: FileEntry | undefined): string {
  return entry === undefined ? '' : writeId(entry.id, '**')
}
