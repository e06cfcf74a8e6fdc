import type { References } from '../domain/orphans.ts'

/** What the objects of the cluster name: the living evidence against deleting anything. */
export interface ClusterReferences {
  /**
   * Asks the API itself for everything, now and to the last page. Whatever is not complete is an error (`unavailable`),
   * never a shorter answer; only a cluster that does not know snapshots at all answers without them.
   */
  list(signal: AbortSignal): Promise<References>
}
export const ClusterReferences = Symbol.for('ClusterReferences')
