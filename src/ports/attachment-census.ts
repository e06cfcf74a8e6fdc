/** How things stand with attachments now, for gauges. Read from memory, at once. */
export interface AttachmentCensus {
  /** Migrations that are running. */
  running(): number
  /** Volumes that at least one node holds. */
  held(): number
}
export const AttachmentCensus = Symbol.for('AttachmentCensus')
