import type { ApplianceInventory, Inventory } from '../ports/appliance-inventory.ts'
import type { ClusterId } from '../domain/ids.ts'
import { type Offer, persistentVolumes } from './manifests.ts'
import { inventoryTable } from './table.ts'

export interface Adoption {
  readonly output: 'table' | 'manifests'
  /** Only what this cluster owned; undefined: everything. */
  readonly owner: ClusterId | undefined
  readonly offer: Offer
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly stop: AbortSignal
}

/**
 * The program `rds-csi adopt --dry-run`: lists what the appliance holds, and prints PersistentVolumes for it. Changes
 * nothing. Answers the exit code: 0, or 1 where the appliance could not be read.
 */
export async function adopt(inventory: ApplianceInventory, adoption: Adoption): Promise<number> {
  const { output, owner, offer, out, err, stop } = adoption
  try {
    const found = ownedBy(owner, await inventory.take(stop))
    const table = inventoryTable(found)
    if (output === 'table') {
      out(table)
      return 0
    }
    err(table)
    const empty = found.volumes.filter(({ bytes }) => bytes === undefined)
    for (const { id } of empty) err(`${id} is left out: nothing is behind its disk at present\n`)
    out(`${JSON.stringify(persistentVolumes(found.volumes, offer), undefined, 2)}\n`)
    return 0
  } catch (error) {
    err(`rds-csi: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

/** In the order of their ids, so that two runs can be compared. */
function ownedBy(owner: ClusterId | undefined, { volumes, snapshots }: Inventory): Inventory {
  const keeps = (item: { readonly owner: ClusterId | undefined }): boolean =>
    owner === undefined || item.owner === owner
  const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)
  return { volumes: volumes.filter(keeps).toSorted(byId), snapshots: snapshots.filter(keeps).toSorted(byId) }
}
