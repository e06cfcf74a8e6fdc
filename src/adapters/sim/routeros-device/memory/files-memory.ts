import type { Charge } from '../file/charge.ts'
import type { FileEntry } from '../file/file-tree.ts'
import { WrittenPieces } from '../file/written-pieces.ts'

/** Files, and the space that they hold: `charges` of a file are places in the list of all charges. */
export interface FilesMemory {
  readonly charges: readonly Charge[]
  readonly entries: readonly (Omit<FileEntry, 'modified' | 'charges' | 'written'> & {
    readonly modified: string
    readonly charges: readonly number[]
  })[]
}

/** Files as JSON can hold them; what shares space goes on sharing it. */
export function rememberFiles(entries: readonly FileEntry[]): FilesMemory {
  const places = new Map<Charge, number>()
  for (const charge of entries.flatMap(({ charges }) => charges)) {
    if (!places.has(charge)) places.set(charge, places.size)
  }
  return {
    charges: [...places.keys()].map(({ bytes, holders }) => ({ bytes, holders })),
    entries: entries.map(({ id, name, kind, size, modified, charges }) => ({
      id,
      name,
      kind,
      size,
      modified: modified.toISOString(),
      charges: charges.map(charge => places.get(charge) ?? -1),
    })),
  }
}

/** The files again. Throws when they name a charge that is not there. */
export function recallFiles({ charges: saved, entries }: FilesMemory): FileEntry[] {
  const charges = saved.map(({ bytes, holders }): Charge => ({ bytes, holders }))
  return entries.map(({ modified, charges: places, ...rest }) => ({
    ...rest,
    modified: new Date(modified),
    written: WrittenPieces.unknown(),
    charges: places.map(place => {
      const charge = charges[place]
      if (charge === undefined) throw new Error(`the saved file ${rest.name} has no space`)
      return charge
    }),
  }))
}
