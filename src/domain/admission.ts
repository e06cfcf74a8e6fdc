import { type Attachment, holders } from './attachment.ts'
import { type ExportRule, UNTOUCHED } from './fencing.ts'
import type { NodeId } from './ids.ts'

/** Whom the appliance has to let in for an attachment. */
export type WantedExport =
  | { readonly to: 'nobody' }
  | { readonly to: 'any' }
  | { readonly to: 'node'; readonly node: NodeId }
  /** Two or more, and nobody else. */
  | { readonly to: 'nodes'; readonly nodes: readonly NodeId[] }

/**
 * Export follows attachment: a volume that no node holds is not exported, an exclusive one to its holder only. A migratable
 * one admits any host from its first publish to its last unpublish, because nothing may disturb a live export; after a loss
 * it admits its holder only (see `Fence`). A lost holder is fenced at once, unless that would cut off another one.
 * Where live exports may be narrowed they follow their holders, as closely as one can name them.
 */
export function wantedExport(state: Attachment, rule: ExportRule = UNTOUCHED): WantedExport {
  const present = holders(state).filter(seat => !seat.lost)
  const [first, second] = present
  if (first === undefined) return { to: 'nobody' }
  const alone = state.phase === 'attached' && (state.access === 'exclusive' || state.fence === 'narrow')
  if (alone || (rule.narrow && second === undefined)) return { to: 'node', node: first.node }
  return rule.narrow && rule.lists ? { to: 'nodes', nodes: present.map(seat => seat.node) } : { to: 'any' }
}

/** The nodes that it names; none for nobody and for any. */
export function namedNodes(wanted: WantedExport): readonly NodeId[] {
  if (wanted.to === 'node') return [wanted.node]
  return wanted.to === 'nodes' ? wanted.nodes : []
}

/** The order in which nodes are named does not matter. */
export function sameExport(a: WantedExport, b: WantedExport): boolean {
  const [these, those] = [namedNodes(a), namedNodes(b)]
  return a.to === b.to && these.length === those.length && these.every(node => those.includes(node))
}
