import { type DiskRow, isSameRow } from './disk-row.ts'
import { type KnownDisk, knownDisk, type Ownership } from './known-disk.ts'
import { type SnapshotDisk, snapshotDisk } from './snapshot-disk.ts'

/** What one disk row is to us. */
export interface DiskReading {
  readonly row: DiskRow
  readonly disk: KnownDisk | undefined
  readonly snapshot: SnapshotDisk | undefined
}

/** By this row alone. */
export const readDiskRow = (row: DiskRow, ownership: Ownership): DiskReading => ({
  row,
  disk: knownDisk(row, ownership),
  snapshot: snapshotDisk(row, ownership),
})

/** Reads listings. A row that is what it was in the listing before is not read again: few of thousands change. */
export class DiskReadings {
  #before = new Map<string, DiskReading>()
  #ownership: Ownership | undefined

  /** What each row of a whole listing is, in its order. */
  all(rows: readonly DiskRow[], ownership: Ownership): readonly DiskReading[] {
    const before = isSameOwnership(this.#ownership, ownership) ? this.#before : new Map<string, DiskReading>()
    const readings = rows.map(row => {
      const known = before.get(row.slot)
      return known !== undefined && isSameRow(known.row, row) ? known : readDiskRow(row, ownership)
    })
    this.#before = new Map(readings.map(reading => [reading.row.slot, reading]))
    this.#ownership = ownership
    return readings
  }
}

function isSameOwnership(one: Ownership | undefined, other: Ownership): boolean {
  if (one === undefined) return false
  const { owner, basePath, nvmePort, portRange } = one
  const isSameRange = portRange?.first === other.portRange?.first && portRange?.last === other.portRange?.last
  return owner === other.owner && basePath === other.basePath && nvmePort === other.nvmePort && isSameRange
}
