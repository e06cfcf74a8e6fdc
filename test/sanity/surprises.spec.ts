import { describe, expect, it } from 'vitest'
import type { Spec } from '../../scripts/sanity/report.ts'
import { surprises } from '../../scripts/sanity/surprises.ts'

const passed: Spec = { name: 'CreateVolume works', state: 'passed', why: '' }
const skipped = (why: string): Spec => ({ name: `spec of ${why}`, state: 'skipped', why })

describe('what csi-sanity skips', () => {
  it('is no surprise where the driver never has it', () => {
    const specs = [passed, skipped('pending'), skipped('NodeGetVolumeHealth not supported')]
    expect(surprises(specs, true)).toEqual([])
  })

  it('is a surprise where the pool takes snapshots and they are not advertised', () => {
    for (const why of [
      'Snapshot not supported',
      'Volume Cloning not supported',
      'GroupControllerService not supported',
    ])
      expect(surprises([passed, skipped(why)], true)).toEqual([`skipped, and should not be: spec of ${why} (${why})`])
  })

  it('is expected where the pool takes none, and a surprise where they are advertised all the same', () => {
    expect(surprises([passed, skipped('CreateSnapshot not supported')], false)).toEqual([])
    expect(surprises([passed], false)).toEqual([expect.stringMatching(/advertised although the pool takes none/)])
  })

  it('is a surprise for any other reason', () => {
    expect(surprises([skipped('Modify volume not supported')], true)).toHaveLength(1)
    expect(surprises([skipped('GetCapacity not supported'), skipped('Snapshot not supported')], false)).toHaveLength(1)
  })
})
