import { orphanLedgerContract } from '../contracts/orphan-ledger.contract.ts'
import { MemoryLedger } from './memory-references.ts'

orphanLedgerContract('in memory', async () => {
  const ledger = new MemoryLedger()
  return { ledger, other: new MemoryLedger(ledger.store), close: async () => {} }
})
