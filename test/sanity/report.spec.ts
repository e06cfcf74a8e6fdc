import { describe, expect, test } from 'vitest'
import { readReport } from '../../scripts/sanity/report.ts'

const spec = (State: string, extra: object = {}) => ({
  ContainerHierarchyTexts: ['Controller Service', 'CreateVolume'],
  LeafNodeType: 'It',
  LeafNodeText: 'should work',
  State,
  ...extra,
})
const report = (...SpecReports: object[]): string => JSON.stringify([{ SpecReports }])

describe("csi-sanity's report", () => {
  test('names each spec with all that stands above it', () => {
    expect(readReport(report(spec('passed')))).toEqual([
      { name: 'Controller Service CreateVolume should work', state: 'passed', why: '' },
    ])
  })

  test('says why one was skipped or is pending', () => {
    const specs = readReport(report(spec('skipped', { Failure: { Message: 'not supported' } }), spec('pending')))
    expect(specs.map(({ state, why }) => [state, why])).toEqual([
      ['skipped', 'not supported'],
      ['skipped', 'pending'],
    ])
  })

  for (const state of ['failed', 'panicked', 'timedout', 'interrupted', 'aborted', 'unheard of'])
    test(`counts ${state} as failed`, () => {
      expect(readReport(report(spec(state)))[0]?.state).toBe('failed')
    })

  test('leaves set-up of the suite out unless it failed', () => {
    const setup = { ContainerHierarchyTexts: null, LeafNodeType: 'BeforeSuite', LeafNodeText: '' }
    expect(readReport(report(spec('passed'), spec('passed', setup)))).toHaveLength(1)
    expect(readReport(report(spec('failed', setup)))).toEqual([{ name: 'BeforeSuite', state: 'failed', why: 'failed' }])
  })

  test('is refused where it names no specs: nothing was tested then', () => {
    expect(() => readReport(report())).toThrow('no specs')
    expect(() => readReport(JSON.stringify([{ SpecReports: null }]))).toThrow('no specs')
  })
})
