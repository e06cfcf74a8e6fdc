/**
 * Every check and test there is. The closing line sums what ran; it names csi-sanity where that could not be built.
 * `--require-csi-sanity` makes that a failure.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CHECKS } from './steps/checks.ts'
import { closingLine, type Counts, runScript, runSteps, scriptStep } from './steps/step.ts'
import { countVitest } from './steps/vitest-report.ts'

const { values } = parseArgs({ options: { 'require-csi-sanity': { type: 'boolean' } } })
const reports = mkdtempSync(join(tmpdir(), 'rds-csi-test-'))
const FAILED: Counts = { passed: 0, failed: 1 }
let sanityLeftOut = false

function vitest(): Counts {
  const report = join(reports, 'vitest.json')
  const succeeded = runScript('vitest', ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`])
  return existsSync(report) ? countVitest(readFileSync(report, 'utf8'), succeeded) : FAILED
}

function csiSanity(): Counts {
  const summary = join(reports, 'csi-sanity.json')
  const leave = values['require-csi-sanity'] ? [] : ['--without-go=skip']
  const succeeded = runScript('sanity', [`--summary=${summary}`, ...leave])
  if (!existsSync(summary)) return FAILED
  const told = JSON.parse(readFileSync(summary, 'utf8')) as Counts & { readonly leftOut: boolean }
  sanityLeftOut = told.leftOut
  return { passed: told.passed, failed: succeeded ? told.failed : Math.max(told.failed, 1) }
}

const counts = runSteps([
  ...CHECKS,
  scriptStep('build', 'build'),
  { name: 'vitest', run: vitest },
  { name: 'csi-sanity', run: csiSanity },
])
rmSync(reports, { recursive: true, force: true })
console.log(closingLine(counts) + (sanityLeftOut ? ', skipped: csi-sanity (no Go)' : ''))
if (counts.failed > 0) process.exitCode = 1
