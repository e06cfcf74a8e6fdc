import { namedNodes, sameExport, type WantedExport } from './admission.ts'
import { type ExportRule, UNTOUCHED } from './fencing.ts'
import type { NodeId, VolumeId } from './ids.ts'

/** What the appliance does for a volume at the moment, as far as it is known. */
export type ActualExport =
  | WantedExport
  /** These, and others that do not hold the volume. */
  | { readonly to: 'nodes-and-strangers'; readonly nodes: readonly NodeId[] }
  | { readonly to: 'stranger' }

/** An export that holders of the volume may have sessions on. */
export type LiveExport = Exclude<ActualExport, { to: 'nobody' | 'stranger' }>

/** One volume whose export does not follow its attachment. */
export type Drift =
  /** Nobody holds it, and it is exported: off after the grace period. */
  | { readonly type: 'unjustified-export'; readonly volume: VolumeId }
  /** It is held, and exported to nobody (the appliance forgot): on again. */
  | { readonly type: 'missing-export'; readonly volume: VolumeId; readonly wanted: WantedExport }
  /** It is held by one node, and another host is let in: off, then on for its holder. */
  | { readonly type: 'wrong-host'; readonly volume: VolumeId; readonly node: NodeId }
  /** It lets in others than its holders, or not all of them, and may be changed while it is live. */
  | { readonly type: 'wrong-width'; readonly volume: VolumeId; readonly wanted: WantedExport }

/**
 * How one volume drifts, or undefined. An export that is wider than wanted but admits the holder is left alone, unless live
 * exports may be changed: that might cut the holder's session.
 */
export function drift(
  volume: VolumeId,
  wanted: WantedExport,
  actual: ActualExport,
  rule: ExportRule = UNTOUCHED,
): Drift | undefined {
  if (isAsWanted(wanted, actual)) return undefined
  if (wanted.to === 'nobody') return { type: 'unjustified-export', volume }
  if (actual.to === 'nobody') return { type: 'missing-export', volume, wanted }
  if (rule.narrow && actual.to !== 'stranger') return { type: 'wrong-width', volume, wanted }
  return wanted.to === 'node' && !letsIn(actual, wanted.node)
    ? { type: 'wrong-host', volume, node: wanted.node }
    : undefined
}

/** Whether it lets in exactly whom it should. */
export const isAsWanted = (wanted: WantedExport, actual: ActualExport): boolean =>
  actual.to !== 'stranger' && actual.to !== 'nodes-and-strangers' && sameExport(wanted, actual)

/** The nodes that it is known to let in by name; none where it lets in any. */
export function admittedNodes(actual: ActualExport): readonly NodeId[] {
  if (actual.to === 'stranger') return []
  return actual.to === 'nodes-and-strangers' ? actual.nodes : namedNodes(actual)
}

/** One of several that are let in has its session, whatever the others are. */
const letsIn = (actual: ActualExport, node: NodeId): boolean =>
  actual.to === 'any' || admittedNodes(actual).includes(node)
