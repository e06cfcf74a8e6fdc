import { type Attachment, holders } from './attachment.ts'
import type { NodeId } from './ids.ts'

/** Whom the appliance has to let in for an attachment. */
export type WantedExport =
  | { readonly to: 'nobody' }
  | { readonly to: 'any' }
  | { readonly to: 'node'; readonly node: NodeId }

/**
 * Export follows attachment: a volume that no node holds is not exported, an exclusive one to its holder only. A migratable
 * one admits any host from its first publish to its last unpublish, because nothing may disturb a live export; after a loss
 * it admits its holder only (see `Fence`). A lost holder is fenced at once, unless that would cut off another one.
 */
export function wantedExport(state: Attachment): WantedExport {
  if (holders(state).every(seat => seat.lost)) return { to: 'nobody' }
  if (state.phase === 'attached' && (state.access === 'exclusive' || state.fence === 'narrow')) {
    return { to: 'node', node: state.seat.node }
  }
  return { to: 'any' }
}

export function sameExport(a: WantedExport, b: WantedExport): boolean {
  return a.to === b.to && (a.to !== 'node' || (b.to === 'node' && a.node === b.node))
}
