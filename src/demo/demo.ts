import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEvents } from './claim-events.ts'
import { Installation } from './installation.ts'
import type { Launcher } from './launcher.ts'
import { Ledger } from './ledger.ts'
import { DEMO_USAGE, type DemoOptions, readOptions } from './options.ts'
import { playground } from './playground.ts'
import { type Output, Report } from './report.ts'
import type { Scene } from './scene.ts'
import { Stack } from './stack.ts'
import { tellStory, type Told } from './story.ts'
import type { OpenPodVolume, Volume } from './volume.ts'
import { orAborted } from './waiting.ts'

export interface DemoSurroundings {
  readonly stdout: Output
  readonly stderr: Output
  readonly launch: Launcher
  readonly open: OpenPodVolume
  /** Aborts when the demonstration shall end. */
  readonly stop: AbortSignal
}

/** The program `rds-csi demo`. Answers its exit code, when nothing that it started is left. */
export async function runDemo(argv: readonly string[], surroundings: DemoSurroundings): Promise<number> {
  const { stdout, stderr } = surroundings
  const options = readOptions(argv)
  if (options === 'help') {
    stdout.write(DEMO_USAGE)
    return 0
  }
  if ('mistakes' in options) {
    for (const mistake of options.mistakes) stderr.write(`rds-csi demo: ${mistake}\n`)
    return 2
  }
  const folder = await mkdtemp(join(tmpdir(), 'rds-demo-'))
  try {
    return await inFolder(folder, options, surroundings)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function inFolder(folder: string, { keep, logFolder }: DemoOptions, around: DemoSurroundings): Promise<number> {
  const logs = logFolder ?? join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  // Whatever ends the demonstration ends what its steps still wait for.
  const ending = new AbortController()
  const signal = AbortSignal.any([around.stop, ending.signal])
  const stack = new Stack({ launch: around.launch, folder, logs, signal })
  const verdict = { code: 0 }
  const playing = play({ folder, stack, keep, signal, verdict }, around)
  const code = await orAborted(Promise.race([playing, stack.unwantedEnd()]), around.stop).then(
    () => verdict.code,
    (error: unknown) => (around.stop.aborted ? verdict.code : failed(error, stack, around)),
  )
  ending.abort(new Error('the demonstration is over'))
  const unclean = await stack.stop()
  await playing.catch(() => undefined)
  for (const complaint of unclean) around.stderr.write(`rds-csi demo: ${complaint}\n`)
  return unclean.length > 0 ? 1 : code
}

interface Play {
  readonly folder: string
  readonly stack: Stack
  readonly keep: boolean
  readonly signal: AbortSignal
  /** Set as soon as it is known. */
  readonly verdict: { code: number }
}

async function play({ folder, stack, keep, signal, verdict }: Play, around: DemoSurroundings): Promise<void> {
  const report = new Report(around.stdout, around.stop)
  report.chapter('An installation of five programs')
  const installation = await report.step('appliance, cluster, controller and two nodes are up and ready', () =>
    Installation.start({ stack, folder, open: around.open, signal }),
  )
  const scene: Scene = { ...installation.surroundings(), report, ledger: new Ledger() }
  const told = await tellStory(scene)
  await show(scene, told)
  verdict.code = judge(report, told)
  if (keep) await playground(scene, installation)
  installation.cluster.close()
}

/** Events and metrics as operators see them. */
async function show({ report, events }: Scene, { volumes, pages }: Told): Promise<void> {
  const now = Date.now()
  for (const volume of Object.values(volumes) as Volume[]) {
    report.chapter(`Events of claim ${volume.wish.claim}, as "kubectl describe pvc" shows them`)
    report.block(describeEvents(await events(volume), now))
  }
  for (const [at, page] of pages.entries()) {
    report.chapter(`Migration metrics of controller process ${at + 1}${at === 0 ? ', just before it was killed' : ''}`)
    report.block(page.lines(...MIGRATION_METRICS))
  }
}

const MIGRATION_METRICS = [
  'rds_csi_migration_active_migrations',
  'rds_csi_migration_migrations_total',
  'rds_csi_migration_duration_seconds',
]

function judge(report: Report, { complaints }: Told): number {
  report.chapter(complaints.length === 0 ? 'All is as promised.' : 'This differs from what is promised:')
  report.block(complaints)
  return complaints.length === 0 ? 0 : 1
}

function failed(error: unknown, stack: Stack, { stdout, stderr }: DemoSurroundings): number {
  stdout.write('\n')
  stderr.write(`rds-csi demo: ${error instanceof Error ? error.message : String(error)}\n\n${stack.tails()}\n`)
  return 1
}
