import { describe, expect, it } from 'vitest'
import { WAYS } from '../../bench/lab/ways.ts'
import { transportsDocument } from '../../bench/transports/document.ts'
import { recorded } from '../../bench/transports/record.ts'
import { TRANSPORTS } from '../../src/config/flag-values.ts'
import { readDocument } from './document.ts'

describe('docs/reference/transports.md', () => {
  it('is what was measured', () => {
    expect(readDocument('docs/reference/transports.md').text).toBe(transportsDocument(recorded()))
  })

  it('measures every encrypted transport that can be chosen', () => {
    const encrypted = TRANSPORTS.filter(name => name !== 'api-plain')
    expect(WAYS).toEqual(expect.arrayContaining(encrypted))
  })

  it('measures one volume and many at once, at every latency and in every task', () => {
    const rows = Object.values(recorded().tasks).map(({ task, latency, atOnce }) => `${task} ${latency} ${atOnce}`)
    const wanted = ['find', 'create', 'snapshot', 'life'].flatMap(task =>
      [0, 20, 100].flatMap(latency => [1, 16, 64].map(atOnce => `${task} ${latency} ${atOnce}`)),
    )
    expect(rows.toSorted()).toEqual(wanted.toSorted())
  })
})
