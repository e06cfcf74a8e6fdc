import { spawnSync } from 'node:child_process'
import { root } from '../bundle.ts'

/** How many tests passed and failed; a check without tests of its own counts as one. */
export interface Counts {
  readonly passed: number
  readonly failed: number
}

export interface Step {
  readonly name: string
  readonly run: () => Counts
}

const inSeconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Runs a script of package.json; what it writes is shown. Answers whether it ended with 0. */
export function runScript(script: string, args: readonly string[] = []): boolean {
  const { status, error } = spawnSync(process.execPath, ['--run', script, '--', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (error !== undefined) console.error(`${script}: ${error.message}`)
  return status === 0
}

/** A script of package.json as a step: one test that passes when it ends with 0. */
export const scriptStep = (name: string, script: string): Step => ({
  name,
  run: () => (runScript(script) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
})

/** A program of `scripts` as a step: one test that passes when it ends with 0. */
export const programStep = (name: string, program: string, args: readonly string[]): Step => ({
  name,
  run: () => {
    const { status } = spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' })
    return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
  },
})

/** Runs all steps, whatever becomes of those before, and sums what they counted. */
export function runSteps(steps: readonly Step[]): Counts {
  let sum: Counts = { passed: 0, failed: 0 }
  for (const { name, run } of steps) {
    console.log(`== ${name}`)
    const start = performance.now()
    const { passed, failed } = run()
    console.log(`== ${name}: ${failed === 0 ? 'ok' : 'FAILED'}, ${inSeconds(start)}`)
    sum = { passed: sum.passed + passed, failed: sum.failed + failed }
  }
  return sum
}

/** `12 passed, 0 failed`, the line that everything here ends with. */
export const closingLine = ({ passed, failed }: Counts): string => `${passed} passed, ${failed} failed`
