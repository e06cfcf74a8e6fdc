/**
 * One export while it lasts. A target that exports the same disk anew makes a new one; whoever holds the old one sees
 * `ended` abort.
 */
export interface BlockExport {
  /** Path of the file with the bytes, on this machine. It may be shorter than `size()`: what is missing reads as zeros. */
  readonly file: string
  /** Aborted once nobody may use this export any more; live sessions are cut then. */
  readonly ended: AbortSignal
  /** Size in bytes as hosts see it now. */
  size(): number
}

/** What a block port asks the target behind it. */
export interface BlockExports {
  /** The export that `hostNqn` may use under `nqn` on the given port, or why there is none. */
  open(nqn: string, hostNqn: string, port: number): BlockExport | 'unknown-nqn' | 'host-not-allowed'
}
