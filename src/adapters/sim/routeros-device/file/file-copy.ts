import { argumentTable, parseArguments } from '../arguments.ts'
import type { MenuCommand, Outcome } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import type { Row } from '../query.ts'
import { text } from '../value-kinds.ts'
import type { FileEntry } from './file-tree.ts'
import { checkNewName, newName } from './file-names.ts'

/** Over the API the item is called `number` (schema). */
const ARGUMENTS = argumentTable({ number: text, name: newName })

/** `/file/copy` (7.23): a second file with the same bytes, by reading and writing them or by sharing their blocks. */
export function fileCopyCommand(device: DeviceState): MenuCommand {
  const { files, traps, pool } = device
  return {
    policy: 'write',
    args: ARGUMENTS,
    unnamed: ['number', 'name'],
    run: ({ args }, { signal }): Outcome => {
      const values = parseArguments(args, ARGUMENTS, traps)
      const [number, name] = [values.get('number'), values.get('name')]
      if (number === undefined) throw traps.missing('number')
      if (name === undefined) throw traps.missing('name')
      const source = files.find(number)
      if (source === undefined) throw traps.noSuchItem()
      if (source.kind !== 'file') throw traps.refused('notModelled')
      checkNewName(device, name)
      if (device.switches.fileCopy === 'reflink') {
        files.copy(source, name, { space: 'shared' })
        return {}
      }
      if (source.size > pool.free) throw traps.refused('noSpace')
      return { stream: copyBytes(device, source, name, signal) }
    },
  }
}

/** Nothing is told while it runs. */
async function* copyBytes(
  { files, copies }: DeviceState,
  source: FileEntry,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const target = files.makeFile(name, source.size)
  const range = {
    source: { file: files.locate(source), written: source.written, offset: 0 },
    target: { file: files.locate(target), written: target.written, offset: 0 },
    length: source.size,
  }
  for await (const done of copies.run(range, [source, target], signal)) void done
  yield* []
}
