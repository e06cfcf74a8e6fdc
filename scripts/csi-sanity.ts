/**
 * Runs csi-sanity against the bundled driver: a simulated appliance and cluster, one controller and one node; for
 * filesystem and block volumes on a pool that takes snapshots, and on one that takes none, where none may be advertised.
 * Prints what failed and what was skipped; ends with 1 where anything failed or where other specs ran than have to.
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
import { surprises } from './sanity/surprises.ts'
import { buildWhatIsOutdated } from './stack/program.ts'
import { Stack } from './stack/stack.ts'

const GIB = 1024 ** 3
const NODE = 'sanity-node'
const RUN_LIMIT = 6 * 60_000

interface Variant {
  readonly access: 'mount' | 'block'
  readonly pool: 'btrfs' | 'xfs'
}

const VARIANTS: readonly Variant[] = [
  { access: 'mount', pool: 'btrfs' },
  { access: 'block', pool: 'btrfs' },
  { access: 'mount', pool: 'xfs' },
]

function flags(stack: Stack, { access }: Variant, report: string): readonly string[] {
  const inside = (name: string): string => join(stack.folder, `${access}-${name}`)
  return [
    `-csi.controllerendpoint=unix://${stack.socket('controller')}`,
    `-csi.endpoint=unix://${stack.socket(NODE)}`,
    `-csi.mountdir=${inside('target')}`,
    `-csi.stagingdir=${inside('staging')}`,
    `-csi.testvolumeaccesstype=${access}`,
    `-csi.testvolumesize=${GIB}`,
    `-csi.testvolumeexpandsize=${2 * GIB}`,
    `-csi.testvolumemutableparameters=${mutableParameters(stack)}`,
    `-ginkgo.json-report=${report}`,
    '-ginkgo.no-color',
    '-ginkgo.silence-skips',
    '-ginkgo.timeout=5m',
  ]
}

/** A file with what can be changed on a volume that exists. */
function mutableParameters(stack: Stack): string {
  const file = join(stack.folder, 'mutable.yaml')
  writeFileSync(file, 'note: written by csi-sanity\n')
  return file
}

/** What csi-sanity wrote. It must not be waited for with a blocked event loop: the programs' logs pass through here. */
async function execute(binary: string, args: readonly string[]): Promise<string> {
  const child = spawn(binary, [...args], { stdio: ['ignore', 'pipe', 'inherit'], timeout: RUN_LIMIT })
  const [written] = await Promise.all([text(child.stdout), once(child, 'close')])
  return written
}

/** The specs of one run, which has a stack of programs of its own. */
async function run(binary: string, variant: Variant): Promise<readonly Spec[]> {
  const stack = await Stack.start({ nodes: [NODE], pool: variant.pool })
  let unclean: readonly string[] = []
  try {
    const report = join(stack.folder, `${variant.access}.json`)
    const written = await execute(binary, flags(stack, variant, report))
    const specs = readReport(readFileSync(report, 'utf8'))
    if (specs.some(({ state }) => state === 'failed')) console.log(`${written}\n${stack.logEnds()}`)
    return specs
  } finally {
    unclean = await stack.stop()
    for (const complaint of unclean) console.error(`csi-sanity (${titleOf(variant)}): ${complaint}`)
    if (unclean.length > 0) process.exitCode = 1
  }
}

const titleOf = ({ access, pool }: Variant): string => `${access} volumes on ${pool}`

function print(variant: Variant, specs: readonly Spec[]): void {
  const those = (state: Spec['state']): readonly Spec[] =>
    specs.filter(spec => spec.state === state).toSorted((a, b) => a.name.localeCompare(b.name))
  const counts = `${those('passed').length} passed, ${those('failed').length} failed, ${those('skipped').length} skipped`
  console.log(`csi-sanity, ${titleOf(variant)}: ${counts}`)
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
  for (const variant of VARIANTS) {
    const told = await run(binary, variant)
    print(variant, told)
    specs.push(...told)
    for (const surprise of surprises(told, variant.pool === 'btrfs')) {
      console.error(`csi-sanity, ${titleOf(variant)}: ${surprise}`)
      process.exitCode = 1
    }
  }
}
const failed = specs.filter(({ state }) => state === 'failed').length
const passed = specs.filter(({ state }) => state === 'passed').length
if (failed > 0) process.exitCode = 1
if (values.summary !== undefined)
  writeFileSync(values.summary, JSON.stringify({ passed, failed, leftOut: binary === undefined }))
