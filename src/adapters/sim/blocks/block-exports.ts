/**
 * One export while it lasts. A target that exports the same disk anew makes a new one; whoever holds the old one sees
 * `ended` abort.
 */
export interface BlockExport {
  /** Path of the file with the bytes, on this machine. It may be shorter than `size()`: what is missing reads as zeros. */
  readonly file: string
  /** Aborted once nobody may use this export any more; live sessions are cut then. */
  readonly ended: AbortSignal
  /** Told of everything that is read and written; absent: nobody counts. */
  readonly traffic?: BlockTraffic
  /** Size in bytes as hosts see it now. */
  size(): number
  /** Told where a host writes, before it does and after; absent: nobody needs to know. */
  wrote?(offset: number, length: number): void
  /** Whether hosts may read only; absent: they may write. */
  readOnly?(): boolean
}

/** Counts what hosts do: bytes, and the milliseconds that it took. */
export interface BlockTraffic {
  read(bytes: number, took: number): void
  wrote(bytes: number, took: number): void
  flushed(took: number): void
}

/** What a block port asks the target behind it. */
export interface BlockExports {
  /** What looks at every packet; absent: everything passes. */
  readonly gate?: BlockGate
  /** The export that `hostNqn` may use under `nqn` on the given port, or why there is none. */
  open(nqn: string, hostNqn: string, port: number): BlockExport | 'unknown-nqn' | 'host-not-allowed'
}

/** One TCP connection to a block port. */
export interface BlockPeer {
  readonly address: string
  readonly remotePort: number
  /** The port of the target. */
  readonly port: number
}

/** A packet filter before the block ports. */
export interface BlockGate {
  /** A connection is there; it is known until `leave`. */
  enter(peer: BlockPeer): BlockPassage
}

/** A connection as a packet filter knows it. */
export interface BlockPassage {
  /**
   * Resolves when the next packet may pass, which is never as long as it is dropped, or with `reject` when the connection
   * is to be reset. Rejects when the signal ends first.
   */
  admit(signal: AbortSignal): Promise<'pass' | 'reject'>
  leave(): void
}
