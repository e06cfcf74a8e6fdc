import type { Spec } from './report.ts'

/** Why a spec may be skipped on any pool: what the driver never has, and what csi-sanity itself has not finished. */
const NEVER_HAD: readonly RegExp[] = [
  /^testnodevolumeattachlimit not enabled$/,
  /^ControllerPublishVolume\.readonly field not supported$/,
  /^pending$/,
  /Health not supported$/,
  /^SNAPSHOT_ACCESSIBILITY_CONSTRAINTS not supported$/,
]

/** Why a spec has to be skipped on a pool that takes no snapshots. */
const NEEDS_SNAPSHOTS =
  /^(?:Snapshot|Volume Cloning|CreateSnapshot|DeleteSnapshot|ListSnapshots|GetSnapshot|GroupControllerService) not supported$/

/** What is advertised wrongly: specs that should have run and were skipped, or ran although the pool takes no snapshots. */
export function surprises(specs: readonly Spec[], takesSnapshots: boolean): readonly string[] {
  const skipped = specs.filter(({ state }) => state === 'skipped')
  const may = (why: string): boolean =>
    NEVER_HAD.some(reason => reason.test(why)) || (!takesSnapshots && NEEDS_SNAPSHOTS.test(why))
  const wrong = skipped
    .filter(({ why }) => !may(why))
    .map(({ name, why }) => `skipped, and should not be: ${name} (${why})`)
  const bySnapshots = skipped.filter(({ why }) => NEEDS_SNAPSHOTS.test(why))
  if (takesSnapshots || bySnapshots.length > 0) return wrong
  return [...wrong, 'no spec was skipped for lack of snapshots: they are advertised although the pool takes none']
}
