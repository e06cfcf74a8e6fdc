import { argumentTable, parseArguments } from '../arguments.ts'
import type { MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import type { FileEntry } from '../file/file-tree.ts'
import type { Row } from '../query.ts'
import { writeSize } from '../sizes.ts'
import { bytes, text, whole } from '../value-kinds.ts'
import { findDisk } from './disk-reference.ts'

const offset = whole(0, Number.MAX_SAFE_INTEGER)
const ARGUMENTS = argumentTable({
  src: text,
  dst: text,
  'src-offset': offset,
  'dst-offset': offset,
  size: bytes,
  duration: text,
  'as-value': text,
  'freeze-frame-interval': text,
})

/**
 * `/disk/copy`: bytes from one disk or file to another, with a row of progress now and then (7.15; for "disk, partition
 * or file"). The target must be there and be large enough; nothing is resized.
 */
export function copyCommand(device: DeviceState): MenuCommand {
  return {
    policy: 'write',
    args: ARGUMENTS,
    unnamed: ['src', 'dst'],
    run: ({ args }, { signal }) => {
      const values = parseArguments(args, ARGUMENTS, device.traps)
      const source = endpoint(device, values, 'src')
      const target = endpoint(device, values, 'dst')
      const length = Number(values.get('size') ?? source.file.size - source.offset)
      checkRoom(device, source, target, length)
      return { stream: copy(device, { source, target, length }, signal) }
    },
  }
}

interface Endpoint {
  readonly file: FileEntry
  readonly offset: number
}

/** A slot, or the path of a file with or without its leading slash. */
function endpoint(device: DeviceState, values: ReadonlyMap<string, string>, name: 'src' | 'dst'): Endpoint {
  const { traps, switches, files } = device
  const reference = values.get(name)
  if (reference === undefined) throw traps.missing(name)
  const disk = findDisk(device, reference)
  if (disk !== undefined && (disk.kind !== 'file' || switches.diskCopySlots === 'refused')) {
    throw traps.refused('notModelled')
  }
  const file = disk?.kind === 'file' ? disk.disk.file : files.get(reference.replace(/^\//, ''))
  if (file === undefined || file.kind !== 'file') throw traps.noMatch(name)
  return { file, offset: Number(values.get(`${name}-offset`) ?? 0) }
}

function checkRoom({ traps, subvolumes }: DeviceState, source: Endpoint, target: Endpoint, length: number): void {
  if (length < 0 || source.offset + length > source.file.size) throw traps.invalidValue('size')
  if (target.offset + length > target.file.size) throw traps.refused('copyTooLarge')
  if (subvolumes.isReadOnly(target.file.name)) throw traps.refused('readOnly')
  if (source.file === target.file) throw traps.noMatch('dst')
}

async function* copy(
  device: DeviceState,
  { source, target, length }: { source: Endpoint; target: Endpoint; length: number },
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const { files, copies, now } = device
  const range = {
    source: { file: files.locate(source.file), written: source.file.written, offset: source.offset },
    target: { file: files.locate(target.file), written: target.file.written, offset: target.offset },
    length,
  }
  for await (const done of copies.run(range, [source.file, target.file], signal)) yield progress(done, length)
  target.file.modified = now()
  yield progress(length, length)
}

/** Form of the manual; how it writes the two sizes is unknown. */
function progress(done: number, total: number): Row {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
  return new Map([['status', `${writeSize(done)} / ${writeSize(total)} (${percent}%)`]])
}
