import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { instant } from '../../src/domain/ids.ts'
import type { Memory } from '../../src/domain/orphans.ts'
import type { OrphanLedger } from '../../src/ports/orphan-ledger.ts'

export interface OpenedLedger {
  readonly ledger: OrphanLedger
  /** The same ledger as another process has it. */
  readonly other: OrphanLedger
  close(): Promise<void>
}

const live = (): AbortSignal => AbortSignal.timeout(10_000)
const ENTRIES: readonly (readonly [string, Memory])[] = [
  ['pvc-11111111-2222-4333-8444-555555555555', { policy: 'retain', since: undefined }],
  [
    'pvc-22222222-2222-4333-8444-555555555555',
    { policy: 'delete', since: instant(Date.UTC(2026, 0, 1, 2, 3, 4, 567)) },
  ],
  ['vol-33333333-2222-4333-8444-555555555555', { policy: undefined, since: instant(Date.UTC(2026, 5, 1)) }],
  ['snap-44444444-2222-4333-8444-555555555555', { policy: undefined, since: undefined }],
]

/** What every ledger of orphans promises. */
export function orphanLedgerContract(name: string, open: () => Promise<OpenedLedger>): void {
  describe(`orphan ledger: ${name}`, () => {
    let opened: OpenedLedger
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    it('is empty before anything was written', async () => {
      const page = await opened.ledger.read(live())
      expect([...page.entries]).toEqual([])
      expect(page.version).toBeUndefined()
    })

    it('gives back what was written, to the millisecond, to another process too', async () => {
      const { version } = await opened.ledger.read(live())
      await opened.ledger.write({ entries: new Map(ENTRIES), version }, live())
      const page = await opened.other.read(live())
      expect(new Map(page.entries)).toEqual(new Map(ENTRIES))
      await opened.other.write({ entries: new Map(ENTRIES.slice(0, 1)), version: page.version }, live())
      expect((await opened.ledger.read(live())).entries.size).toBe(1)
    })

    it('refuses to write over what somebody else wrote meanwhile', async () => {
      const first = await opened.ledger.read(live())
      await opened.other.write({ entries: new Map(ENTRIES), version: first.version }, live())
      const late = opened.ledger.write({ entries: new Map(), version: first.version }, live())
      await expect(late).rejects.toMatchObject({ kind: 'busy' })
      const stale = await opened.ledger.read(live())
      await opened.other.write({ entries: new Map(ENTRIES.slice(1)), version: stale.version }, live())
      const again = opened.ledger.write({ entries: new Map(), version: stale.version }, live())
      await expect(again).rejects.toMatchObject({ kind: 'busy' })
      expect((await opened.ledger.read(live())).entries.size).toBe(3)
    })

    it('ends with the reason of a signal', async () => {
      const stop = new AbortController()
      stop.abort(new Error('enough'))
      await expect(opened.ledger.read(stop.signal)).rejects.toThrow('enough')
    })
  })
}
