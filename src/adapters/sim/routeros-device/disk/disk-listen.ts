import type { MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { printArguments, printRows } from '../print.ts'
import type { Row } from '../query.ts'

const ARGUMENTS = printArguments()

/** `/disk/listen`: every item that changes, as it is then; `.dead=yes` for one that is gone. It goes on until cancelled. */
export function listenCommand(device: DeviceState, rows: () => readonly Row[]): MenuCommand {
  const byId = (listed: readonly Row[]): Map<string, Row> => new Map(listed.map(row => [row.get('.id') ?? '', row]))
  return {
    policy: 'read',
    args: ARGUMENTS,
    run: (command, { signal }) => {
      const matching = (listed: readonly Row[]): readonly Row[] => {
        const outcome = printRows(listed, command, device.traps, ARGUMENTS)
        return 'rows' in outcome ? outcome.rows : []
      }
      matching([])
      return { stream: listen(device, () => byId(rows()), { matching, signal }) }
    },
  }
}

interface Listener {
  readonly matching: (rows: readonly Row[]) => readonly Row[]
  readonly signal: AbortSignal
}

async function* listen(
  device: DeviceState,
  rows: () => ReadonlyMap<string, Row>,
  { matching, signal }: Listener,
): AsyncGenerator<Row> {
  let known = rows()
  for (;;) {
    await device.changes.next(signal)
    const now = rows()
    const changed = [...now].filter(([id, row]) => written(known.get(id)) !== written(row)).map(([, row]) => row)
    const gone = [...known.keys()].filter(id => !now.has(id))
    known = now
    yield* matching(changed)
    for (const id of gone) {
      yield new Map([
        ['.id', id],
        ['.dead', 'yes'],
      ])
    }
  }
}

function written(row: Row | undefined): string {
  return row === undefined ? '' : JSON.stringify([...row])
}
