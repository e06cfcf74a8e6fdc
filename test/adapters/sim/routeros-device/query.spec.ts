import { describe, expect, it } from 'vitest'
import { matchesQuery } from '../../../../src/adapters/sim/routeros-device/query.ts'

const ROW = new Map([
  ['slot', 'pvc-1'],
  ['size', '2048'],
  ['nvme-tcp-export', 'true'],
  ['comment', 'a=b'],
])
const YES = '?slot=pvc-1'
const NO = '?slot=other'

describe('a query', () => {
  it.each([
    ['holds for a property that is there', ['?slot'], true],
    ['fails for a property that is not there', ['?mount-point'], false],
    ['with a minus asks for absence', ['?-mount-point'], true],
    ['with a minus fails for what is there', ['?-slot'], false],
    ['compares whole values', ['?slot=pvc'], false],
    ['takes a leading equals sign', ['?=slot=pvc-1'], true],
    ['takes further equals signs for the value', ['?comment=a=b'], true],
    ['takes yes for true', ['?nvme-tcp-export=yes'], true],
    ['takes no for false only', ['?nvme-tcp-export=no'], false],
    ['compares numbers as numbers', ['?>size=900'], true],
    ['finds nothing less than itself', ['?<size=2048'], false],
    ['compares words in order', ['?<slot=pvc-2'], true],
    ['never compares what is not there', ['?>free=1'], false],
    ['joins what is left on the stack by and', [YES, NO], false],
    ['without words lets everything pass', [], true],
    ['?#| joins by or', [YES, NO, '?#|'], true],
    ['?#& joins by and', [YES, NO, '?#&'], false],
    ['?#! negates the top', [NO, '?#!'], true],
    ['?#|! works from left to right', [YES, NO, '?#|!'], false],
    ['?#. copies the top', [NO, '?#.', '?#!', '?#|'], true],
    ['an index before another operator pushes a copy', [YES, NO, '?#1|', '?#&'], true],
    ['an index at the end of the word replaces the stack', [YES, NO, '?#1'], true],
    ['index 0 is the top', [YES, NO, '?#0'], false],
  ] as const)('%s', (_, words, expected) => {
    expect(matchesQuery(ROW, words)).toBe(expected)
  })

  it.each([['?#!'], ['?#&'], ['?#5'], ['?#x']])('%s on an empty stack is refused', word => {
    expect(() => matchesQuery(ROW, [word])).toThrow('invalid query')
  })
})
