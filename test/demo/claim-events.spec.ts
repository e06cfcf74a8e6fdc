import { describe, expect, it } from 'vitest'
import { type ClaimEvent, describeEvents } from '../../src/demo/claim-events.ts'

const first: ClaimEvent = {
  type: 'Normal',
  reason: 'VolumeAttached',
  message: '[pvc-1]: Attached to node node-a (duration: 5ms)',
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingComponent: 'rds.csi.srvlab.io',
  source: {},
}

describe('events of a claim', () => {
  it('look as kubectl describe prints them', () => {
    const series = { count: 3, lastObservedTime: '2026-01-01T00:00:20.000000Z' }
    const again: ClaimEvent = { ...first, type: 'Warning', reason: 'AttachmentConflict', message: 'rejected', series }
    expect(describeEvents([first, again], Date.parse('2026-01-01T00:00:30Z'))).toEqual([
      'Type     Reason              Age                From               Message',
      '----     ------              ---                ----               -------',
      'Normal   VolumeAttached      30s                rds.csi.srvlab.io  [pvc-1]: Attached to node node-a (duration: 5ms)',
      'Warning  AttachmentConflict  10s (x3 over 30s)  rds.csi.srvlab.io  rejected',
    ])
  })
})
