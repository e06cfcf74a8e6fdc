import { describe, expect, it } from 'vitest'
import { Exposition } from '../../src/demo/exposition.ts'

const PAGE = new Exposition(`# HELP jobs_total Jobs
# TYPE jobs_total counter
jobs_total{kind="a",status="success"} 2
jobs_total{kind="b",status="success"} 3
jobs_total{kind="a",status="failure"} 0
# TYPE took_seconds histogram
took_seconds_bucket{le="0.5"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 1.25
took_seconds_count 2
other 7
`)

describe('a metrics page', () => {
  it('gives the value of a series, in whatever order its labels are', () => {
    expect(PAGE.value('jobs_total', { status: 'failure', kind: 'a' })).toBe(0)
    expect(PAGE.value('other')).toBe(7)
    expect(PAGE.value('took_seconds_sum')).toBe(1.25)
  })

  it('sums the series that carry the labels', () => {
    expect(PAGE.value('jobs_total', { status: 'success' })).toBe(5)
  })

  it('tells what is absent from what is 0', () => {
    expect(PAGE.value('jobs_total', { kind: 'c' })).toBeUndefined()
    expect(PAGE.value('jobs')).toBeUndefined()
  })

  it('knows the buckets of a histogram and the lines of a metric', () => {
    expect(PAGE.buckets('took_seconds')).toEqual([0.5])
    expect(PAGE.lines('took_seconds', 'other')).toEqual([
      'took_seconds_bucket{le="0.5"} 1',
      'took_seconds_bucket{le="+Inf"} 2',
      'took_seconds_sum 1.25',
      'took_seconds_count 2',
      'other 7',
    ])
  })
})
