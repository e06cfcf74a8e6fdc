/**
 * How snapshots are taken: `auto`, at once where the pool can and else not; `copy`, byte by byte where it cannot; `off`,
 * not at all, and volumes are laid out without them in mind.
 */
export const SNAPSHOT_MODES = ['auto', 'copy', 'off'] as const
export type SnapshotMode = (typeof SNAPSHOT_MODES)[number]
