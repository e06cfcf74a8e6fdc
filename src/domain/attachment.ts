/**
 * Who holds a volume, and what may happen next.
 *
 *   detached ──publish──► attached ──publish elsewhere──► migrating ──time-out──► shared
 *      ▲                   │   ▲                              │                     │
 *      └──── leaves ───────┘   └───── source or target leaves ┴─────────────────────┘
 *
 * This file holds the words; decide.ts holds the rules. The numbered laws are in docs/spec/attachment.md.
 */
import type { Fact } from './facts.ts'
import type { Instant, Millis, NodeId } from './ids.ts'
import type { Refusal } from './refusal.ts'

/** `migratable` volumes may be held twice while a live migration runs; `exclusive` ones never. */
export type Access = 'exclusive' | 'migratable'

/** One node's hold on the volume. */
export interface Seat {
  readonly node: NodeId
  readonly since: Instant
  /** The terms it was granted on (mode, block or file system); undefined where a rebuild could not know them. */
  readonly terms: string | undefined
  /** Since when its departure is announced (its record carries a deletion timestamp). */
  readonly leaving: Instant | undefined
  /** Its node is gone from the cluster or out of service; the seat is cleared once that is certain. */
  readonly lost: boolean
}

/**
 * What a lost holder leaves behind: its initiator reconnects for ever, and a target cannot refuse one host of many.
 * `armed`: the next export admits its holder alone. `narrow`: it does so now, and no second node may join.
 */
export type Fence = 'open' | 'armed' | 'narrow'

export type Attachment = Detached | Attached | Migrating | Shared

export interface Detached {
  readonly phase: 'detached'
  readonly fence: 'open' | 'armed'
}
export interface Attached {
  readonly phase: 'attached'
  readonly access: Access
  readonly seat: Seat
  readonly fence: Fence
}
export interface Migrating {
  readonly phase: 'migrating'
  readonly source: Seat
  readonly target: Seat
  readonly deadline: Instant
  /** Former holders whose departure is announced but not done. They take no part in this migration. */
  readonly leavers: readonly Seat[]
  readonly fence: 'open' | 'armed'
}
/** Several holders that are no running migration: shared on purpose, handed over, or a migration timed out. */
export interface Shared {
  readonly phase: 'shared'
  /** Two or more, in the order in which they joined. */
  readonly seats: readonly Seat[]
  readonly fence: 'open' | 'armed'
}

export interface Publish {
  readonly type: 'publish'
  readonly node: NodeId
  readonly access: Access
  readonly terms: string | undefined
  /** How long a migration that this starts may take. */
  readonly timeout: Millis
  /** The second holder is no migration (a data importer, or sharing allowed explicitly). */
  readonly sharing: boolean
}
/** What somebody who watched says of a migration; `none`: nobody watched, the order of detaching decides. */
export type Evidence = 'completed' | 'failed' | 'undetermined' | 'none'

export type Command =
  | Publish
  | { readonly type: 'unpublish'; readonly node: NodeId | 'every-node'; readonly evidence: Evidence }
  /** The holder's departure is announced. */
  | { readonly type: 'leaving'; readonly node: NodeId; readonly since: Instant }
  /** The holder's node is gone; nobody else may take the volume until the seat is cleared. */
  | { readonly type: 'node-lost'; readonly node: NodeId }
  /** It is back before its seat was cleared. */
  | { readonly type: 'node-back'; readonly node: NodeId }
  /** The lost node has been fenced and its grace period is over: its seat goes. */
  | { readonly type: 'clear-lost'; readonly node: NodeId }
  | { readonly type: 'tick' }

export interface Decision {
  readonly next: Attachment
  readonly facts: readonly Fact[]
  readonly refusal?: Refusal
}

export const detached: Detached = { phase: 'detached', fence: 'open' }

/** Every seat, in the order in which they were taken. A leaver may be younger than the migration's source. */
export function holders(state: Attachment): readonly Seat[] {
  switch (state.phase) {
    case 'detached':
      return []
    case 'attached':
      return [state.seat]
    case 'migrating':
      return [...state.leavers, state.source, state.target].toSorted((a, b) => a.since - b.since)
    case 'shared':
      return state.seats
  }
}

export const unchanged = (state: Attachment): Decision => ({ next: state, facts: [] })
