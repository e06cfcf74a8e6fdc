import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { fencingGauges } from '../../../src/adapters/prometheus/fencing-gauges.ts'
import type { FencingMode } from '../../../src/domain/fencing.ts'
import { RecordedLog } from '../../support/recorded-log.ts'
import { samples } from './exposition.ts'

function gauges(mode: FencingMode) {
  const state: { unfenced: number | undefined } = { unfenced: undefined }
  const registry = new Registry()
  fencingGauges(registry, { mode, unfenced: () => state.unfenced }, new RecordedLog())
  return { state, read: async () => Object.fromEntries(samples(await registry.metrics())) }
}

describe('the gauges of fencing', () => {
  it('are not there before it is known who holds what', async () => {
    expect(await gauges('export').read()).toEqual({})
  })

  it.each(['export', 'narrow', 'firewall'] as const)('name the mode %s, and count what it leaves open', async mode => {
    const { state, read } = gauges(mode)
    state.unfenced = 0
    const name = `rds_csi_fencing_mode{mode="${mode}"}`
    expect(await read()).toEqual({ [name]: 1, rds_csi_unfenced_volumes: 0 })
    state.unfenced = 2
    expect(await read()).toEqual({ [name]: 1, rds_csi_unfenced_volumes: 2 })
  })
})
