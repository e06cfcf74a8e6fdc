import { describe, expect, it } from 'vitest'
import { isStorageError, StorageError } from '../../src/domain/errors.ts'
import { type About, type Fact, tell } from '../../src/domain/facts.ts'
import { elapsed, instant } from '../../src/domain/ids.ts'
import { a, b } from '../support/attachment-model.ts'
import { volumeIdForName } from '../../src/domain/volume-id.ts'
import { sha256 } from './digests.ts'

const about: About = { volume: volumeIdForName('db', sha256), at: instant(5), took: 3, holders: [] }

/** One fact of each kind; a new kind does not compile until it is here. */
const FACTS: { readonly [T in Fact['type']]: Extract<Fact, { type: T }> } = {
  attached: { type: 'attached', node: a, beside: [] },
  'attachment-refused': { type: 'attachment-refused', node: b, refusal: { kind: 'held-elsewhere', holders: [a] } },
  'attach-failed': { type: 'attach-failed', node: a, why: 'link down' },
  detached: { type: 'detached', node: a, held: 1, partial: false, quiet: false },
  'detach-failed': { type: 'detach-failed', node: 'every-node', why: 'link down' },
  'stale-attachment-cleared': { type: 'stale-attachment-cleared', node: a, held: 1 },
  'migration-started': { type: 'migration-started', source: a, target: b, deadline: instant(9), timeout: 4 },
  'migration-completed': { type: 'migration-completed', source: a, target: b, took: 1 },
  'migration-failed': { type: 'migration-failed', source: a, target: b, took: 1, reason: 'target-left' },
  'migration-timed-out': { type: 'migration-timed-out', source: a, target: b, took: 4 },
  'operation-succeeded': { type: 'operation-succeeded', operation: 'create', bytes: 7 },
  'operation-failed': { type: 'operation-failed', operation: 'create', why: 'full' },
}

describe('telling a fact', () => {
  it.each(Object.values(FACTS))('reaches the handler of its kind only: $type', fact => {
    const heard: unknown[] = []
    const entries = Object.keys(FACTS).map(type => [type, (...args: unknown[]) => heard.push([type, ...args])])
    tell(Object.fromEntries(entries), fact, about)
    expect(heard).toEqual([[fact.type, fact, about]])
  })
})

describe('a storage error', () => {
  const error = new StorageError('busy', 'volume is being deleted', { cause: new Error('lock') })
  it('carries its kind, its message and its cause', () => {
    expect(error).toMatchObject({ name: 'StorageError', kind: 'busy', message: 'volume is being deleted' })
    expect((error.cause as Error).message).toBe('lock')
  })
  it('is known by kind, and is no other error', () => {
    expect(isStorageError(error)).toBe(true)
    expect(isStorageError(error, 'conflict', 'busy')).toBe(true)
    expect(isStorageError(error, 'conflict')).toBe(false)
    expect(isStorageError(Object.assign(new Error('x'), { kind: 'busy' }), 'busy')).toBe(false)
    expect(isStorageError(undefined)).toBe(false)
  })
})

describe('a span of time', () => {
  it('is never negative', () => {
    expect([elapsed(instant(5), instant(9)), elapsed(instant(9), instant(5))]).toEqual([4, 0])
  })
})
