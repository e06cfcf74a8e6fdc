import { NUMBERS } from '../domain/parameter-limits.ts'
import type { RebuildTerms } from '../domain/rebuild.ts'
import type { VolumeId } from '../domain/ids.ts'
import type { Cluster } from '../ports/cluster.ts'

/** On what terms the records of a volume hold; without its PersistentVolume the safe ones, one holder at a time. */
export function recordTerms(cluster: Cluster, volume: VolumeId): Pick<RebuildTerms, 'access' | 'timeout'> {
  const known = cluster.volume(volume)
  return {
    access: known?.access ?? 'exclusive',
    timeout: known?.migrationTimeout ?? NUMBERS.migrationTimeoutSeconds.byDefault * 1000,
  }
}
