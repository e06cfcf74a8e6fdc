import { describe, expect, test, vi } from 'vitest'
import { closingLine, runSteps } from '../../scripts/steps/step.ts'
import { countVitest, skippedSuites } from '../../scripts/steps/vitest-report.ts'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map(each => ({ status: each })),
})
const report = (numPassedTests: number, ...testResults: object[]): string =>
  JSON.stringify({ numPassedTests, testResults })

describe('the counts of vitest', () => {
  test('are those of its tests', () => {
    const json = report(3, file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed', 'passed'))
    expect(countVitest(json, false)).toEqual({ passed: 3, failed: 1 })
  })

  test('have a failure for a file that could not be loaded', () => {
    expect(countVitest(report(1, file('failed'), file('passed', 'passed')), false)).toEqual({ passed: 1, failed: 1 })
  })

  test('have a failure for a run that failed though every test passed', () => {
    expect(countVitest(report(1, file('passed', 'passed')), false)).toEqual({ passed: 1, failed: 1 })
    expect(countVitest(report(1, file('passed', 'passed')), true)).toEqual({ passed: 1, failed: 0 })
  })
})

describe('what vitest skipped', () => {
  test('is named once, by its outermost suite', () => {
    const each = (status: string, title: string, ...ancestorTitles: string[]) => ({ status, title, ancestorTitles })
    const json = JSON.stringify({
      testResults: [
        {
          status: 'passed',
          assertionResults: [each('skipped', 'lists', 'curl (not here)', 'GET'), each('passed', 'x', 'y')],
        },
        { status: 'passed', assertionResults: [each('skipped', 'adds', 'curl (not here)'), each('skipped', 'alone')] },
      ],
    })
    expect(skippedSuites(json)).toEqual(['curl (not here)', 'alone'])
  })
})

describe('steps', () => {
  test('all run, whatever fails before, and are summed', () => {
    const told = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const sum = runSteps([
      { name: 'first', run: () => ({ passed: 2, failed: 1 }) },
      { name: 'second', run: () => ({ passed: 3, failed: 0 }) },
    ])
    expect(closingLine(sum)).toBe('5 passed, 1 failed')
    expect(told.mock.calls.flat().join('\n')).toMatch(/first: FAILED.*\n== second\n== second: ok/)
  })
})
