import { describe, expect, it } from 'vitest'
import { toOpenMetrics } from '../../../src/adapters/prometheus/open-metrics.ts'
import { openMetrics } from './exposition.ts'

describe('OpenMetrics', () => {
  it('names a counter family without _total and its samples with it', () => {
    const text = [
      '# HELP a_total Things, also a_total counter',
      '# TYPE a_total counter',
      'a_total{of="# TYPE a_total counter"} 1',
      '',
      '# HELP b_total No counter',
      '# TYPE b_total gauge',
      'b_total 2',
      '',
    ].join('\n')
    expect(toOpenMetrics(text)).toBe(
      [
        '# HELP a Things, also a_total counter',
        '# TYPE a counter',
        'a_total{of="# TYPE a_total counter"} 1',
        '# HELP b_total No counter',
        '# TYPE b_total gauge',
        'b_total 2',
        '# EOF',
        '',
      ].join('\n'),
    )
  })

  it('has the same samples as the other format, and changes nothing of it', async () => {
    const metrics = openMetrics('controller')
    const before = await metrics.text()
    const samplesOf = (text: string) => text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
    expect(samplesOf(toOpenMetrics(before))).toEqual(samplesOf(before))
    expect(await metrics.text()).toBe(before)
  })
})
