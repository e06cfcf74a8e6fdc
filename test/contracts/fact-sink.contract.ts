import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { About, Fact } from '../../src/domain/facts.ts'
import { after, type Instant, instant, nodeId, type VolumeId } from '../../src/domain/ids.ts'
import type { FactSink } from '../../src/ports/fact-sink.ts'

const nodeA = nodeId('node-a')
const nodeB = nodeId('node-b')
const start = instant(Date.UTC(2026, 0, 1, 12))

/** One of each; a new fact does not compile until it is here. */
export const SAMPLE_FACTS: { readonly [T in Fact['type']]: Extract<Fact, { type: T }> } = {
  attached: { type: 'attached', node: nodeA, beside: [] },
  'attachment-refused': {
    type: 'attachment-refused',
    node: nodeB,
    refusal: { kind: 'held-elsewhere', holders: [nodeA] },
  },
  'attach-failed': { type: 'attach-failed', node: nodeA, why: 'the appliance cannot be reached' },
  detached: { type: 'detached', node: nodeA, held: 60_000, partial: false, quiet: false },
  'detach-failed': { type: 'detach-failed', node: 'every-node', why: 'the appliance cannot be reached' },
  'stale-attachment-cleared': { type: 'stale-attachment-cleared', node: nodeA, held: 60_000 },
  'migration-started': {
    type: 'migration-started',
    source: nodeA,
    target: nodeB,
    deadline: after(start, 300_000),
    timeout: 300_000,
  },
  'migration-completed': { type: 'migration-completed', source: nodeA, target: nodeB, took: 45_000 },
  'migration-failed': { type: 'migration-failed', source: nodeA, target: nodeB, took: 5000, reason: 'target-left' },
  'migration-timed-out': { type: 'migration-timed-out', source: nodeA, target: nodeB, took: 300_000 },
  'operation-succeeded': { type: 'operation-succeeded', operation: 'create', bytes: 1_649_267_441_664 },
  'operation-failed': { type: 'operation-failed', operation: 'stage', why: 'it holds xfs, and ext4 is asked for' },
}

/** What is around a sample, with full defaults. */
export function aboutFact(changes: Partial<About> = {}): About {
  return {
    volume: 'pvc-11111111-2222-4333-8444-555555555555' as VolumeId,
    at: start,
    took: 120,
    holders: [{ node: nodeA, since: start }],
    ...changes,
  }
}

export interface OpenedFactSink {
  readonly sink: FactSink
  /** All that can be seen of what the sink has heard so far; waits for work that is done behind it. */
  seen(): Promise<string>
  /** Facts that mean nothing to this sink. */
  readonly silent: readonly Fact['type'][]
  close(): Promise<void>
}

/** What every sink of facts promises. */
export function factSinkContract(name: string, open: () => Promise<OpenedFactSink>): void {
  describe(`fact sink: ${name}`, () => {
    let opened: OpenedFactSink
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    const facts: readonly Fact[] = Object.values(SAMPLE_FACTS)

    it.each(facts)('hears $type at once, and it can be seen', async fact => {
      const before = await opened.seen()
      expect(opened.sink.publish(fact, aboutFact())).toBeUndefined()
      const changed = (await opened.seen()) !== before
      expect(changed).toBe(!opened.silent.includes(fact.type))
    })

    it('hears the same fact twice as two', async () => {
      opened.sink.publish(SAMPLE_FACTS.attached, aboutFact())
      const once = await opened.seen()
      opened.sink.publish(SAMPLE_FACTS.attached, aboutFact())
      if (!opened.silent.includes('attached')) expect(await opened.seen()).not.toBe(once)
    })

    it('never throws, whatever surrounds a fact', () => {
      const odd: readonly About[] = [
        aboutFact({ holders: [], took: 0 }),
        aboutFact({ took: Number.NaN }),
        aboutFact({ took: -1, at: Number.NaN as Instant }),
        aboutFact({ took: Number.MAX_VALUE, at: instant(Number.MAX_SAFE_INTEGER) }),
        aboutFact({ volume: 'pvc-"\n\u0000{}\\ Ω' as VolumeId }),
        Object.freeze(aboutFact({ holders: Object.freeze([{ node: nodeId('n\n"'), since: start }]) })),
      ]
      for (const about of odd) {
        for (const fact of facts) expect(() => opened.sink.publish(Object.freeze(fact), about)).not.toThrow()
      }
    })

    it('changes nothing of what it is told', () => {
      const about = aboutFact()
      const before = structuredClone({ facts, about })
      for (const fact of facts) opened.sink.publish(fact, about)
      expect({ facts, about }).toEqual(before)
    })

    it('takes a thousand facts without waiting for anybody', () => {
      const began = performance.now()
      for (let index = 0; index < 1000; index += 1) opened.sink.publish(SAMPLE_FACTS.attached, aboutFact())
      expect(performance.now() - began).toBeLessThan(1000)
    })
  })
}
