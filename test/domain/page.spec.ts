import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { page } from '../../src/domain/page.ts'

const itself = (name: string) => name
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 40 })
const max = fc.integer({ min: 1, max: 12 })

/** Reads all pages; before each one the list may have changed. */
function readAll(listings: (round: number) => readonly string[], size: number): readonly string[] {
  const read: string[] = []
  let after = ''
  for (let round = 0; round < 100; round++) {
    const { items, next } = page(listings(round), itself, { max: size, after })
    expect(items.length).toBeLessThanOrEqual(size)
    read.push(...items)
    if (next === undefined) return read
    after = next
  }
  throw new Error('the listing never ends')
}

describe('the pages of a listing', () => {
  it('are the whole list, in order, one after another', () => {
    fc.assert(
      fc.property(names, max, (all, size) => {
        expect(readAll(() => all, size)).toEqual(all.toSorted())
      }),
    )
  })
  it('hold each item once that was there all the time, whatever comes and goes between', () => {
    fc.assert(
      fc.property(names, fc.array(names, { minLength: 1, maxLength: 8 }), max, (steady, changing, size) => {
        const listing = (round: number) => [...new Set([...steady, ...(changing[round % changing.length] ?? [])])]
        const read = readAll(listing, size)
        expect(read.filter(name => steady.includes(name))).toEqual(steady.toSorted())
        expect(new Set(read).size).toBe(read.length)
      }),
      { numRuns: 1_000 },
    )
  })
  it('go on after an item that vanished', () => {
    const first = page(['a', 'b', 'c', 'd'], itself, { max: 2, after: '' })
    expect(first).toEqual({ items: ['a', 'b'], next: 'b' })
    expect(page(['a', 'c', 'd'], itself, { max: 2, after: first.next ?? '' })).toEqual({
      items: ['c', 'd'],
      next: undefined,
    })
  })
  it('are one where there is no limit', () => {
    fc.assert(
      fc.property(names, all => {
        expect(page(all, itself, { max: 0, after: '' })).toEqual({ items: all.toSorted(), next: undefined })
      }),
    )
  })
  it('end without an empty last one', () => {
    expect(page(['a', 'b'], itself, { max: 2, after: '' }).next).toBeUndefined()
    expect(page([], itself, { max: 2, after: '' })).toEqual({ items: [], next: undefined })
  })
})
