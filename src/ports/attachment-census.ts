/** How many volumes are in which state at this moment. Gauges read it when they are scraped. */
export interface AttachmentCensus {
  /** Migrations that are running. */
  running(): number
  /** Volumes that at least one node holds. */
  held(): number
}
export const AttachmentCensus = Symbol.for('AttachmentCensus')
