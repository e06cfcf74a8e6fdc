import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { type Role, roleTables } from '../../src/adapters/prometheus/role-tables.ts'
import { controllerGauges, nodeGauges } from '../../src/adapters/prometheus/state-gauges.ts'
import { RecordedLog } from '../support/recorded-log.ts'
import { allDocuments, literals, readDocument, rows, section, sorted } from './document.ts'

/** What the library keeps of a metric, of which its declarations show less. */
interface Registered {
  readonly name: string
  readonly type: string
  readonly labelNames: readonly string[]
  readonly upperBounds?: readonly number[]
}

function registered(role: Role): ReadonlyMap<string, Registered> {
  const { registry } = roleTables(new Registry(), role, 'driver')
  const logger = new RecordedLog()
  const health = {
    link: () => ({ address: 'rds', connected: true, made: 1 }),
    read: () => Promise.reject(new Error('never')),
  }
  const orphans = { orphans: () => undefined }
  const hardware = { disk: () => undefined, hardware: () => undefined }
  const fencing = { mode: 'export', unfenced: () => 0 } as const
  const census = { running: () => 0, held: () => 0 }
  if (role === 'controller') controllerGauges(registry, { census, health, orphans, hardware, fencing, logger })
  else nodeGauges(registry, { initiator: { sessions: () => [] }, logger })
  const metrics = registry.getMetricsAsArray() as unknown as readonly Registered[]
  return new Map(metrics.map(metric => [metric.name, metric]))
}

const document = readDocument('docs/reference/metrics.md')
const exported = rows(section(document, 'Exported now')).map(([name, type, labels, buckets, who]) => ({
  name: literals(name!)[0]!,
  type,
  labels: literals(labels!),
  buckets: buckets!.split(' ').filter(Boolean).map(Number),
  who: who!,
}))
const promised = rows(section(document, 'Promised, not there yet')).flatMap(([names]) => literals(names!))
const roles = { controller: registered('controller'), node: registered('node') }

describe('docs/reference/metrics.md', () => {
  it.each(['controller', 'node'] as const)('lists what a %s exports, and nothing else', role => {
    const listed = exported.filter(({ who }) => who === 'all' || who === role).map(({ name }) => name)
    expect(sorted(listed)).toEqual(sorted(roles[role].keys()))
  })

  it.each(exported)('tells type, labels and buckets of $name', ({ name, type, labels, buckets, who }) => {
    const metric = roles[who === 'node' ? 'node' : 'controller'].get(name)!
    expect(metric.type).toBe(type)
    expect(metric.labelNames).toEqual(labels)
    expect(metric.upperBounds ?? []).toEqual(buckets)
  })

  it('promises nothing that is there already', () => {
    const bare = promised.filter(name => !name.includes('=') && !exported.some(metric => metric.name === name))
    expect(bare.length).toBeGreaterThan(1)
    expect(bare.filter(name => Object.values(roles).some(metrics => metrics.has(name)))).toEqual([])
  })
})

describe('a metric that any document names', () => {
  const known = new Set([...exported.map(({ name }) => name), ...promised])
  const isKnown = (name: string): boolean => known.has(name) || known.has(name.replace(/_(?:bucket|sum|count)$/, ''))

  it.each(allDocuments().map(({ path, text }) => ({ path, text })))('in $path is in the reference', ({ text }) => {
    const named = [...text.matchAll(/\b(?:rds_(?:csi|disk|hardware)|csi_plugin)_[a-z0-9_]+\b/g)].map(([name]) => name)
    expect(named.filter(name => !isKnown(name))).toEqual([])
  })
})
