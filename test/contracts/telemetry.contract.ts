import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Observation, Telemetry } from '../../src/ports/telemetry.ts'

/** One of each; a new observation does not compile until it is here. */
export const SAMPLE_OBSERVATIONS: { readonly [T in Observation['type']]: Extract<Observation, { type: T }> } = {
  rpc: { type: 'rpc', method: '/csi.v1.Controller/CreateVolume', code: 'OK', took: 240 },
  'device-command': { type: 'device-command', command: '/disk/add', outcome: 'success', took: 21 },
  'device-reconnect': { type: 'device-reconnect', outcome: 'failure', took: 3000 },
  'nvme-connect': { type: 'nvme-connect', outcome: 'success', took: 180 },
  mount: { type: 'mount', operation: 'format', outcome: 'success' },
  reconcile: { type: 'reconcile', action: 'clear_stale', took: 12 },
  'orphan-cleaned': { type: 'orphan-cleaned' },
  'event-posted': { type: 'event-posted', reason: 'MigrationStarted' },
}

export interface OpenedTelemetry {
  readonly telemetry: Telemetry
  /** All that can be seen of what was observed so far. */
  seen(): Promise<string>
  /** Observations that mean nothing here. */
  readonly silent: readonly Observation['type'][]
  close(): Promise<void>
}

/** What everything that hears observations promises. */
export function telemetryContract(name: string, open: () => Promise<OpenedTelemetry>): void {
  describe(`telemetry: ${name}`, () => {
    let opened: OpenedTelemetry
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    const observations: readonly Observation[] = Object.values(SAMPLE_OBSERVATIONS)

    it.each(observations)('observes $type at once, and it can be seen', async observation => {
      const before = await opened.seen()
      expect(opened.telemetry.observe(observation)).toBeUndefined()
      expect((await opened.seen()) !== before).toBe(!opened.silent.includes(observation.type))
    })

    it('never throws, whatever it is told', () => {
      for (const took of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        for (const observation of observations) {
          expect(() => opened.telemetry.observe({ ...observation, took } as Observation)).not.toThrow()
        }
      }
      const odd: Observation = { type: 'rpc', method: 'a"\n\\b', code: '', took: 1 }
      expect(() => opened.telemetry.observe(Object.freeze(odd))).not.toThrow()
    })
  })
}
