/**
 * Writes `docs/reference/device-model.md`: all that the simulated appliance does as the real one is said to do it.
 * With `--check` it writes nothing, and ends with 1 where the committed table is another one.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { deviceModel } from './device-model/document.ts'

const path = join('docs', 'reference', 'device-model.md')
const file = join(resolve(import.meta.dirname, '..'), path)

function isCurrent(): boolean {
  try {
    return readFileSync(file, 'utf8') === deviceModel()
  } catch {
    return false
  }
}

if (!process.argv.includes('--check')) writeFileSync(file, deviceModel())
else if (!isCurrent()) {
  console.error(`${path} is not what the behaviours say: node scripts/generate-device-model.ts`)
  process.exitCode = 1
}
