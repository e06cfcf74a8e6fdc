/**
 * Every check and test there is. The closing line sums what ran, and names what had to be skipped: csi-sanity where it could
 * not be built, and the suites of clients that are not installed here. `--require-csi-sanity` makes the first a failure.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CHECKS } from './steps/checks.ts'
import { closingLine, type Counts, runScript, runSteps, scriptStep } from './steps/step.ts'
import { countVitest, skippedSuites } from './steps/vitest-report.ts'

const { values } = parseArgs({ options: { 'require-csi-sanity': { type: 'boolean' } } })
const reports = mkdtempSync(join(tmpdir(), 'rds-csi-test-'))
const FAILED: Counts = { passed: 0, failed: 1 }
const skipped: string[] = []

function vitest(): Counts {
  const report = join(reports, 'vitest.json')
  const succeeded = runScript('vitest', ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`])
  if (!existsSync(report)) return FAILED
  const json = readFileSync(report, 'utf8')
  skipped.push(...skippedSuites(json))
  return countVitest(json, succeeded)
}

function csiSanity(): Counts {
  const summary = join(reports, 'csi-sanity.json')
  const leave = values['require-csi-sanity'] ? [] : ['--without-go=skip']
  const succeeded = runScript('sanity', [`--summary=${summary}`, ...leave])
  if (!existsSync(summary)) return FAILED
  const told = JSON.parse(readFileSync(summary, 'utf8')) as Counts & { readonly leftOut: boolean }
  if (told.leftOut) skipped.push('csi-sanity (no Go)')
  return { passed: told.passed, failed: succeeded ? told.failed : Math.max(told.failed, 1) }
}

const counts = runSteps([
  ...CHECKS,
  scriptStep('build', 'build'),
  { name: 'vitest', run: vitest },
  { name: 'csi-sanity', run: csiSanity },
])
rmSync(reports, { recursive: true, force: true })
console.log(closingLine(counts) + (skipped.length > 0 ? `, skipped: ${skipped.join(', ')}` : ''))
if (counts.failed > 0) process.exitCode = 1
