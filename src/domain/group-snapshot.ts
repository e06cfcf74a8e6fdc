import { type GroupId, type Instant, instant, type SnapshotId } from './ids.ts'
import type { Snapshot } from './snapshot.ts'
import { haveOneName, isGroupOf } from './snapshot-id.ts'
import type { Digest } from './uuid.ts'

/** Snapshots of several volumes that were asked for together. The backend keeps only its members. */
export interface GroupSnapshot {
  readonly id: GroupId
  /** In the order of their ids; never none. */
  readonly members: readonly Snapshot[]
  /** When the last member was taken: from then on all of them are there. */
  readonly createdAt: Instant
  readonly ready: boolean
}

/** What CreateVolumeGroupSnapshot has to do. */
export type GroupPlan =
  | { readonly do: 'return'; readonly group: GroupSnapshot }
  /** Take every member anew, once what an earlier call left is removed. */
  | { readonly do: 'take'; readonly leftovers: readonly Snapshot[] }
  | { readonly do: 'refuse'; readonly difference: string }

/**
 * A group that lacks a member was never answered for, so nobody relies on it. Its members are of the time of an earlier
 * call: they are not completed, all are taken anew.
 */
export function planGroup(all: readonly Snapshot[], id: GroupId, sha256: Digest): GroupPlan {
  const namesake = all.find(({ group }) => group !== undefined && group !== id && haveOneName(group, id))
  if (namesake !== undefined) {
    return { do: 'refuse', difference: `it exists with other volumes, ${namesake.source} among them` }
  }
  const group = groupOf(all, id, sha256)
  return group === undefined ? { do: 'take', leftovers: membersOf(all, id) } : { do: 'return', group }
}

/** The group, or undefined where it is not there with all its members. */
export function groupOf(all: readonly Snapshot[], id: GroupId, sha256: Digest): GroupSnapshot | undefined {
  const members = membersOf(all, id)
  const whole = isGroupOf(
    id,
    members.map(({ source }) => source),
    sha256,
  )
  return members.length > 0 && whole ? groupWith(id, members) : undefined
}

/** The group with these members, of which there is at least one. */
export const groupWith = (id: GroupId, members: readonly Snapshot[]): GroupSnapshot => ({
  id,
  members: members.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  createdAt: instant(Math.max(...members.map(({ createdAt }) => createdAt))),
  ready: members.every(({ ready }) => ready),
})

export const membersOf = (all: readonly Snapshot[], id: GroupId): readonly Snapshot[] =>
  all.filter(({ group }) => group === id)

/** What is wrong with the members that a caller names for a group, or undefined. Naming none is fine. */
export function namedMembersProblem(
  all: readonly Snapshot[],
  id: GroupId,
  named: readonly SnapshotId[],
): string | undefined {
  if (named.length === 0) return undefined
  const stranger = all.find(snapshot => named.includes(snapshot.id) && snapshot.group !== id)
  if (stranger !== undefined) return `${stranger.id} is no member of ${id}`
  const missed = membersOf(all, id).find(member => !named.includes(member.id))
  return missed === undefined ? undefined : `${missed.id} is a member of ${id} and is not named`
}
