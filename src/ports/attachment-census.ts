/** How things stand with attachments now, for gauges. Read from memory, at once; undefined until they are known. */
export interface AttachmentCensus {
  /** Migrations that are running. */
  running(): number | undefined
  /** Volumes that at least one node holds. */
  held(): number | undefined
}
export const AttachmentCensus = Symbol.for('AttachmentCensus')
