import type { FoundSnapshot, FoundVolume, Inventory } from '../ports/appliance-inventory.ts'
import type { Bytes, Instant } from '../domain/ids.ts'

const OLDER = 'older driver'
const HEAD = ['owner', 'id', 'name', 'bytes', 'created', 'exported', 'layout'] as const

/** Everything that was found, one line each, in columns. */
export function inventoryTable({ volumes, snapshots }: Inventory): string {
  const rows = [HEAD, ...volumes.map(volumeCells), ...snapshots.map(snapshotCells)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n\n${volumes.length} volumes, ${snapshots.length} snapshots\n`
}

function volumeCells({ owner, id, name, bytes, createdAt, exported, layout }: FoundVolume): readonly string[] {
  return [owner ?? OLDER, id, quoted(name), sizeOf(bytes), timeOf(createdAt), exported ? 'yes' : 'no', layout]
}

function snapshotCells({ owner, id, source, bytes, createdAt }: FoundSnapshot): readonly string[] {
  return [owner, id, `of ${source}`, sizeOf(bytes), timeOf(createdAt), 'no', 'snapshot']
}

/** A name may hold anything; most are those that a provisioner gave. */
const quoted = (name: string | undefined): string =>
  name === undefined ? '-' : /^[\w.-]+$/.test(name) ? name : JSON.stringify(name)

const sizeOf = (bytes: Bytes | undefined): string => (bytes === undefined ? '-' : String(bytes))

const timeOf = (time: Instant | undefined): string => (time === undefined ? '-' : new Date(time).toISOString())
