import type { Lab } from './lab/lab.ts'

export interface Conditions {
  readonly lab: Lab
  /** Just long enough to see that everything works. */
  readonly short: boolean
  /** What was measured goes into the documents. */
  readonly recording: boolean
}

/** One part of the bench: measures and prints its tables. */
export type Part = (conditions: Conditions) => Promise<void>
