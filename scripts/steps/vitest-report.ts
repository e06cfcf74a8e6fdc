import type { Counts } from './step.ts'

interface FileReport {
  readonly status: string
  readonly assertionResults: readonly {
    readonly status: string
    readonly title: string
    readonly ancestorTitles: readonly string[]
  }[]
}

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly FileReport[]
}

const failuresIn = ({ status, assertionResults }: FileReport): number => {
  const failed = assertionResults.filter(test => test.status === 'failed').length
  // A file that can't even be loaded has no tests.
  return failed === 0 && status === 'failed' ? 1 : failed
}

/** Counts what vitest's JSON report tells. A run that failed counts a failure, even where no test did. */
export function countVitest(json: string, succeeded: boolean): Counts {
  const { numPassedTests, testResults } = JSON.parse(json) as Report
  const failed = testResults.reduce((sum, file) => sum + failuresIn(file), 0)
  return { passed: numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) }
}

/** What vitest's JSON report tells to have been skipped, each by the name of its outermost suite. */
export function skippedSuites(json: string): readonly string[] {
  const { testResults } = JSON.parse(json) as Report
  const skipped = testResults.flatMap(file => file.assertionResults.filter(({ status }) => status === 'skipped'))
  return [...new Set(skipped.map(({ ancestorTitles, title }) => ancestorTitles[0] ?? title))]
}
