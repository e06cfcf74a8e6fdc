import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../src/adapters/sim/cluster/kube-object.ts'
import { ObjectStore } from '../../../../src/adapters/sim/cluster/object-store.ts'

type Step = { readonly name: string; readonly remove: boolean }

const histories = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), remove: fc.boolean() }), {
  maxLength: 40,
})

function apply(store: ObjectStore, { name, remove }: Step): void {
  if (remove) store.remove('things', name)
  else store.put('things', { metadata: { name } })
}

function replayed(items: readonly KubeObject[], store: ObjectStore, revision: number): readonly KubeObject[] {
  const objects = new Map(items.map(object => [object.metadata.name ?? '', object]))
  for (const { type, object } of store.changesAfter('things', revision) ?? []) {
    if (type === 'DELETED') objects.delete(object.metadata.name ?? '')
    else objects.set(object.metadata.name ?? '', object)
  }
  return [...objects.entries()].toSorted(([one], [other]) => one.localeCompare(other)).map(([, object]) => object)
}

describe('the object store', () => {
  it('shows any revision of the past as it was, and its changes lead from there to the present', () => {
    fc.assert(
      fc.property(histories, steps => {
        const store = new ObjectStore(100)
        const past = steps.map(step => {
          apply(store, step)
          return { revision: store.revision, items: [...(store.itemsAt('things', store.revision) ?? [])] }
        })
        const present = store.itemsAt('things', store.revision) ?? []
        for (const { revision, items } of past.toReversed()) {
          expect(store.itemsAt('things', revision)).toEqual(items)
          expect(replayed(items, store, revision)).toEqual(present)
        }
      }),
    )
  })

  it('gives each change a revision of its own, over all kinds', () => {
    const store = new ObjectStore(100)
    const revisions = ['one', 'other', 'one'].map(
      shelf => store.put(shelf, { metadata: { name: 'x' } }).metadata.resourceVersion,
    )
    expect(revisions).toEqual(['2', '3', '4'])
    expect(store.remove('one', 'x')?.metadata.resourceVersion).toBe('5')
    expect(store.remove('one', 'x')).toBeUndefined()
    expect(store.revision).toBe(5)
  })

  it('remembers at least as many changes as it was told, and says when one is forgotten', () => {
    const store = new ObjectStore(5)
    for (let count = 0; count < 50; count += 1) store.put('things', { metadata: { name: `x-${count}` } })
    expect(store.changesAfter('things', store.revision - 5)).toHaveLength(5)
    expect(store.oldestRevision).toBeGreaterThan(store.revision - 11)
    expect(store.changesAfter('things', store.oldestRevision - 1)).toBeUndefined()
    expect(store.itemsAt('things', store.oldestRevision - 1)).toBeUndefined()
    expect(store.itemsAt('things', store.oldestRevision)).toHaveLength(store.oldestRevision - 1)
  })

  it('tells its listeners of each change until they leave', () => {
    const store = new ObjectStore(100)
    const seen: string[] = []
    const leave = store.subscribe('things', change => seen.push(change.type))
    store.put('things', { metadata: { name: 'x' } })
    store.put('things', { metadata: { name: 'x' } })
    store.put('others', { metadata: { name: 'x' } })
    store.remove('things', 'x')
    leave()
    store.put('things', { metadata: { name: 'x' } })
    expect(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
  })
})
