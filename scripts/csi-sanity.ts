/**
 * Runs csi-sanity against the bundled driver: a simulated appliance and cluster, one controller and one node, once for
 * filesystem and once for block volumes. Prints what failed and what was skipped; ends with 1 where anything failed.
 * `--summary=FILE` writes the counts as JSON. `--without-go=skip` makes a missing Go no failure.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { csiSanity } from './sanity/binary.ts'
import { NoGo } from './sanity/go.ts'
import { readReport, type Spec } from './sanity/report.ts'
import { buildWhatIsOutdated } from './stack/program.ts'
import { Stack } from './stack/stack.ts'

const GIB = 1024 ** 3
const NODE = 'sanity-node'
const RUN_LIMIT = 6 * 60_000

type AccessType = 'mount' | 'block'

function flags(stack: Stack, access: AccessType, report: string): readonly string[] {
  const inside = (name: string): string => join(stack.folder, `${access}-${name}`)
  return [
    `-csi.controllerendpoint=unix://${stack.socket('controller')}`,
    `-csi.endpoint=unix://${stack.socket(NODE)}`,
    `-csi.mountdir=${inside('target')}`,
    `-csi.stagingdir=${inside('staging')}`,
    `-csi.testvolumeaccesstype=${access}`,
    `-csi.testvolumesize=${GIB}`,
    `-csi.testvolumeexpandsize=${2 * GIB}`,
    `-ginkgo.json-report=${report}`,
    '-ginkgo.no-color',
    '-ginkgo.silence-skips',
    '-ginkgo.timeout=5m',
  ]
}

/** What csi-sanity wrote. It must not be waited for with a blocked event loop: the programs' logs pass through here. */
async function execute(binary: string, args: readonly string[]): Promise<string> {
  const child = spawn(binary, [...args], { stdio: ['ignore', 'pipe', 'inherit'], timeout: RUN_LIMIT })
  const [written] = await Promise.all([text(child.stdout), once(child, 'close')])
  return written
}

/** The specs of one run, which has a stack of programs of its own. */
async function run(binary: string, access: AccessType): Promise<readonly Spec[]> {
  const stack = await Stack.start({ nodes: [NODE] })
  let unclean: readonly string[] = []
  try {
    const report = join(stack.folder, `${access}.json`)
    const written = await execute(binary, flags(stack, access, report))
    const specs = readReport(readFileSync(report, 'utf8'))
    if (specs.some(({ state }) => state === 'failed')) console.log(`${written}\n${stack.logEnds()}`)
    return specs
  } finally {
    unclean = await stack.stop()
    for (const complaint of unclean) console.error(`csi-sanity (${access}): ${complaint}`)
    if (unclean.length > 0) process.exitCode = 1
  }
}

function print(access: AccessType, specs: readonly Spec[]): void {
  const those = (state: Spec['state']): readonly Spec[] =>
    specs.filter(spec => spec.state === state).toSorted((a, b) => a.name.localeCompare(b.name))
  const counts = `${those('passed').length} passed, ${those('failed').length} failed, ${those('skipped').length} skipped`
  console.log(`csi-sanity, ${access} volumes: ${counts}`)
  for (const { name, why } of those('skipped')) console.log(`  skipped: ${name} (${why.replaceAll(/\s+/g, ' ')})`)
  for (const { name, why } of those('failed')) console.log(`  FAILED: ${name}\n    ${why.replaceAll('\n', '\n    ')}`)
}

/** Undefined where it is left out, for lack of Go and with leave to do so. */
function findBinary(mayLeaveOut: boolean): string | undefined {
  try {
    return csiSanity()
  } catch (error) {
    if (!mayLeaveOut || !(error instanceof NoGo)) throw error
    console.log(`csi-sanity is left out, as there is no Go: ${error.message}`)
    return undefined
  }
}

const { values } = parseArgs({ options: { summary: { type: 'string' }, 'without-go': { type: 'string' } } })
const binary = findBinary(values['without-go'] === 'skip')
const specs: Spec[] = []
if (binary !== undefined) {
  buildWhatIsOutdated()
  for (const access of ['mount', 'block'] as const) {
    const told = await run(binary, access)
    print(access, told)
    specs.push(...told)
  }
}
const failed = specs.filter(({ state }) => state === 'failed').length
const passed = specs.filter(({ state }) => state === 'passed').length
if (failed > 0) process.exitCode = 1
if (values.summary !== undefined)
  writeFileSync(values.summary, JSON.stringify({ passed, failed, leftOut: binary === undefined }))
