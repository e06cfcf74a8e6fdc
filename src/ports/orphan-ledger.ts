import type { Memory } from '../domain/orphans.ts'

/** The ledger as it was read: what is written back replaces exactly this version. */
export interface LedgerPage {
  /** By the id of the volume or snapshot. What cannot be read stands as `retain`. */
  readonly entries: ReadonlyMap<string, Memory>
  /** Undefined where nothing has been written yet. */
  readonly version: string | undefined
}

/** What orphan checks remember, kept in the cluster: it outlives this process. Passes test/contracts/orphan-ledger.contract.ts. */
export interface OrphanLedger {
  /** The newest version, asked of the cluster. Throws `unavailable` where it cannot be had. */
  read(signal: AbortSignal): Promise<LedgerPage>
  /** Replaces the version that was read. Throws `busy` where somebody else wrote meanwhile, `unavailable` else. */
  write(page: LedgerPage, signal: AbortSignal): Promise<void>
}
export const OrphanLedger = Symbol.for('OrphanLedger')
