import { type Attachment, holders } from './attachment.ts'

/**
 * How the appliance is made to let in holders only. `export`: by the export alone, which is never changed under a holder.
 * `narrow`: the allowed host follows the holders of a live export too. `firewall`: the network lets nobody else through.
 */
export const FENCING_MODES = ['export', 'narrow', 'firewall'] as const
export type FencingMode = (typeof FENCING_MODES)[number]

/** What may be done to an export that is live. */
export interface ExportRule {
  /** Whom it lets in may be changed under a holder. */
  readonly narrow: boolean
  /** It can name several hosts. */
  readonly lists: boolean
}

/** Nothing: a migratable volume lets in any host while it is attached. */
export const UNTOUCHED: ExportRule = { narrow: false, lists: false }

export const exportRule = (mode: FencingMode, lists: boolean): ExportRule =>
  mode === 'narrow' ? { narrow: true, lists } : UNTOUCHED

/**
 * Whether a node that was lost may still have sessions: another one holds the volume, or held it since, so that its export
 * could not go off. `armed` beside a holder says just that of a seat which has been cleared.
 */
export function mayReachStill(state: Attachment): boolean {
  const seats = holders(state)
  const present = seats.filter(seat => !seat.lost)
  return present.length > 0 && (present.length < seats.length || state.fence === 'armed')
}
