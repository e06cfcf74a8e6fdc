import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { orphanLedgerContract } from '../../contracts/orphan-ledger.contract.ts'
import { DRIVER, openRig, type Rig } from './rig.ts'

const NAME = `${DRIVER}-orphans`
const ID = 'pvc-11111111-2222-4333-8444-555555555555'
const live = (): AbortSignal => AbortSignal.timeout(10_000)

orphanLedgerContract('as a ConfigMap', async () => {
  const rig = await openRig()
  return { ledger: rig.ledger, other: rig.replica().ledger, close: () => rig.close() }
})

describe('the ConfigMap of orphans', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await openRig()
  })
  afterEach(() => rig.close())

  it('lies in the namespace of the Lease, and can be read by people', async () => {
    const since = Date.UTC(2026, 0, 1) as never
    await rig.ledger.write({ entries: new Map([[ID, { policy: 'delete', since }]]), version: undefined }, live())
    expect(rig.server.store.get('configmaps', NAME, 'rds-csi')?.['data']).toEqual({
      [ID]: 'delete since 2026-01-01T00:00:00.000Z',
    })
  })

  it('counts an entry that somebody spoilt as retained, and says so', async () => {
    const metadata = { name: NAME, namespace: 'rds-csi' }
    rig.server.store.put('configmaps', { metadata, data: { [ID]: 'delete since yesterday' } })
    const { entries } = await rig.ledger.read(live())
    expect(entries.get(ID)).toEqual({ policy: 'retain', since: undefined })
    expect(rig.log.lines.map(({ message }) => message)).toEqual([expect.stringContaining('counts as retained')])
  })

  it('is unavailable where the API refuses it, and never empty', async () => {
    rig.server.faults.add({ resource: 'configmaps', fault: { kind: 'status', code: 403 } })
    await expect(rig.ledger.read(live())).rejects.toMatchObject({ kind: 'unavailable' })
    const page = { entries: new Map(), version: undefined }
    await expect(rig.ledger.write(page, live())).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('was changed by somebody else where it is gone', async () => {
    await rig.ledger.write({ entries: new Map(), version: undefined }, live())
    const page = await rig.ledger.read(live())
    rig.server.store.remove('configmaps', NAME, 'rds-csi')
    await expect(rig.ledger.write(page, live())).rejects.toMatchObject({ kind: 'busy' })
  })
})
