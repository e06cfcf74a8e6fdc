import { type Arguments, isSet } from '../arguments.ts'
import type { DeviceState } from '../device-state.ts'
import { type FileEntry, parentOf } from './file-tree.ts'
import { writeId } from '../item-ids.ts'
import type { Row } from '../query.ts'

/**
 * What `/file/print` lists: below `path`, at any depth with `recursive` (older name `recursive-print`), names relative to
 * it with `relative`. What it lists when asked for nothing is a switch.
 */
export function listFiles(device: DeviceState, args: Arguments): Row[] {
  const path = (args.get('path') ?? '').replace(/^\//, '')
  const recursive = isSet(args, 'recursive') || isSet(args, 'recursive-print')
  const nested = recursive || (!args.has('path') && device.switches.filePrintDefault === 'nested')
  const listed = device.files.list().filter(({ name }) => (nested ? isBelow(name, path) : parentOf(name) === path))
  const skip = isSet(args, 'relative') && path !== '' ? path.length + 1 : 0
  return listed.map(entry => fileRow(entry, skip, device.localTime))
}

function isBelow(name: string, path: string): boolean {
  return path === '' || name.startsWith(`${path}/`)
}

/** A mount point is `type=disk` without a size; a file's type repeats its ending: `.img file` (captures). */
function fileRow(entry: FileEntry, skip: number, localTime: (at: Date) => string): Row {
  return new Map([
    ['.id', writeId(entry.id, '**')],
    ['name', entry.name.slice(skip)],
    ['type', entry.kind === 'file' ? fileType(entry.name) : entry.kind],
    ...(entry.kind === 'file' ? ([['size', String(entry.size)]] as const) : []),
    ['last-modified', localTime(entry.modified)],
  ])
}

function fileType(name: string): string {
  const ending = /[^/](\.[^./]+)$/.exec(name)?.[1]
  return ending === undefined ? 'file' : `${ending} file`
}
