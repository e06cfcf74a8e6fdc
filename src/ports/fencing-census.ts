import type { FencingMode } from '../domain/fencing.ts'

/** How well volumes are fenced now, for gauges. Read from memory, at once. */
export interface FencingCensus {
  readonly mode: FencingMode
  /** Volumes that a lost node may still reach, since another node holds them; undefined until it is known who holds what. */
  unfenced(): number | undefined
}
export const FencingCensus = Symbol.for('FencingCensus')
