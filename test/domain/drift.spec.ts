import { describe, expect, it } from 'vitest'
import type { WantedExport } from '../../src/domain/admission.ts'
import { type ActualExport, drift } from '../../src/domain/drift.ts'
import { nodeId } from '../../src/domain/ids.ts'
import { volumeIdForName } from '../../src/domain/volume-id.ts'
import { sha256 } from './digests.ts'

const volume = volumeIdForName('db', sha256)
const WANTED = {
  nobody: { to: 'nobody' },
  any: { to: 'any' },
  'node a': { to: 'node', node: nodeId('a') },
} as const satisfies Record<string, WantedExport>
const ACTUAL = {
  ...WANTED,
  'node b': { to: 'node', node: nodeId('b') },
  stranger: { to: 'stranger' },
} as const satisfies Record<string, ActualExport>

/** Every export that is wanted with every export that is found. */
const TABLE: Record<keyof typeof WANTED, Record<keyof typeof ACTUAL, string | undefined>> = {
  nobody: {
    nobody: undefined,
    any: 'unjustified-export',
    'node a': 'unjustified-export',
    'node b': 'unjustified-export',
    stranger: 'unjustified-export',
  },
  any: { nobody: 'missing-export', any: undefined, 'node a': undefined, 'node b': undefined, stranger: undefined },
  'node a': {
    nobody: 'missing-export',
    any: undefined,
    'node a': undefined,
    'node b': 'wrong-host',
    stranger: 'wrong-host',
  },
}
const CELLS = (Object.keys(WANTED) as (keyof typeof WANTED)[]).flatMap(wanted =>
  (Object.keys(ACTUAL) as (keyof typeof ACTUAL)[]).map(actual => [wanted, actual, TABLE[wanted][actual]] as const),
)

describe('an export that may be changed while it is live', () => {
  const nodes = { to: 'nodes', nodes: [nodeId('a'), nodeId('b')] } as const
  const rule = { narrow: true, lists: true }
  const CASES: readonly (readonly [string, WantedExport, ActualExport, string | undefined])[] = [
    ['wider than wanted', WANTED['node a'], ACTUAL.any, 'wrong-width'],
    ['wider by one', WANTED['node a'], nodes, 'wrong-width'],
    ['too narrow for two', nodes, WANTED['node a'], 'wrong-width'],
    ['too narrow for two without lists', WANTED.any, WANTED['node a'], 'wrong-width'],
    ['open to just these', nodes, { to: 'nodes', nodes: nodes.nodes.toReversed() }, undefined],
    ['open to a stranger', WANTED['node a'], ACTUAL.stranger, 'wrong-host'],
    ['off', nodes, ACTUAL.nobody, 'missing-export'],
    ['on for nobody', WANTED.nobody, nodes, 'unjustified-export'],
  ]
  it.each(CASES)('and is %s is mended', (_, wanted, actual, type) => {
    expect(drift(volume, wanted, actual, rule)?.type).toBe(type)
  })
  it('is left alone where that is not so, as long as it lets the holder in', () => {
    expect(drift(volume, WANTED['node a'], nodes)).toBeUndefined()
    expect(drift(volume, WANTED.any, nodes)).toBeUndefined()
    const others = { to: 'nodes', nodes: [nodeId('b'), nodeId('c')] } as const
    expect(drift(volume, WANTED['node a'], others)?.type).toBe('wrong-host')
  })
})

describe('an export', () => {
  it.each(CELLS)('wanted to %s and found to %s is %s', (wanted, actual, type) => {
    expect(drift(volume, WANTED[wanted], ACTUAL[actual])?.type).toBe(type)
  })
  it('that drifts says of which volume, and to whom it belongs', () => {
    expect(drift(volume, WANTED['node a'], ACTUAL.nobody)).toEqual({
      type: 'missing-export',
      volume,
      wanted: WANTED['node a'],
    })
    expect(drift(volume, WANTED['node a'], ACTUAL['node b'])).toEqual({ type: 'wrong-host', volume, node: 'a' })
    expect(drift(volume, WANTED.nobody, ACTUAL.any)).toEqual({ type: 'unjustified-export', volume })
  })
})
