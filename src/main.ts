import 'reflect-metadata'
import type { Container } from 'inversify'
import { CsiServer } from './adapters/csi/server.ts'
import { MetricsServer } from './adapters/prometheus/http.ts'
import { ControllerLife } from './app/controller-life.ts'
import { Readiness } from './app/readiness.ts'
import type { ControllerParts } from './compose-controller.ts'
import {
  type AdoptConfig,
  adoptConfig,
  ConfigurationError,
  type ControllerConfig,
  controllerConfig,
  type DoctorConfig,
  doctorConfig,
  type NodeConfig,
  nodeConfig,
} from './config.ts'
import { ADOPT, CONTROLLER, DOCTOR, NODE } from './config/flags.ts'
import { describeFlags } from './config/parse-flags.ts'
import { Leadership, type Lease } from './ports/leadership.ts'
import { Logger } from './ports/logger.ts'
import { USAGE } from './usage.ts'
import { version } from './version.ts'

/** How long calls under way may take once the program is told to end. */
const DRAIN_LIMIT = 10_000
const ENDING = new Error('the program ends')

/** What this bundle can run. Each image ships one of them, so that neither loads what only the other needs. */
export interface Programs {
  readonly controller?: (config: ControllerConfig) => ControllerParts | Promise<ControllerParts>
  readonly node?: (config: NodeConfig) => Container | Promise<Container>
  /** Tools at the shell; each runs to its end and answers the exit code. */
  readonly doctor?: (config: DoctorConfig, stop: AbortSignal) => Promise<number>
  readonly adopt?: (config: AdoptConfig, stop: AbortSignal) => Promise<number>
}

const FLAGS = { controller: CONTROLLER, node: NODE, doctor: DOCTOR, adopt: ADOPT } as const

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly programs: Programs
  /** Aborts when the program shall end. */
  readonly stop: AbortSignal
}

/** Runs one program of the driver until it is told to stop. Returns the exit code. */
export async function main(argv: readonly string[], { env, programs, stop }: Surroundings): Promise<number> {
  const [program = 'help', ...flags] = argv
  if (program === 'version') return print(`${version}\n`)
  if (['help', '--help', '-h'].includes(program)) return print(USAGE)
  if (!isProgram(program)) {
    return complain([`there is no program ${JSON.stringify(program)} here; rds-csi help lists them`])
  }
  if (flags.includes('--help')) return print(`rds-csi ${program}\n\n${describeFlags(FLAGS[program])}\n`)
  try {
    return await started(program, flags, { env, programs, stop })
  } catch (error) {
    if (error instanceof ConfigurationError) return complain(error.mistakes)
    throw error
  }
}

const isProgram = (name: string): name is keyof typeof FLAGS => Object.hasOwn(FLAGS, name)

function started(program: keyof typeof FLAGS, flags: readonly string[], { env, programs, stop }: Surroundings) {
  switch (program) {
    case 'controller':
      return runController(programs, controllerConfig(flags, env), stop)
    case 'node':
      return runNode(programs, nodeConfig(flags, env), stop)
    case 'doctor':
      return here(programs.doctor, program)(doctorConfig(flags, env), stop)
    case 'adopt':
      return here(programs.adopt, program)(adoptConfig(flags, env), stop)
  }
}

/** The program, or the mistake of asking this bundle for it. */
function here<T>(program: T | undefined, name: string): T {
  if (program === undefined) throw notHere(name)
  return program
}

/** Metrics first, then the Lease, then the socket; ready once it is rebuilt who holds what. */
async function runController(programs: Programs, config: ControllerConfig, stop: AbortSignal): Promise<number> {
  const parts = await here(programs.controller, 'controller')(config)
  const { container } = parts
  const [office, work] = [new AbortController(), new AbortController()]
  return guarded(container, stop, async () => {
    try {
      await container.get(MetricsServer).start()
      container.get(Readiness).notReady('waiting for the Lease')
      container.get(ControllerLife).warm(work.signal)
      const lease = await acquire(container.get<Leadership>(Leadership), office, stop)
      await container.get(CsiServer).listen(config.endpoint)
      await serve(parts, { lease, work, stop })
      return stop.aborted ? 0 : leaseLost(container)
    } finally {
      work.abort(ENDING)
      office.abort(ENDING) // only now may another process act
      await parts.disconnect()
    }
  })
}

/** Works until it is told to stop, or until the Lease is lost; then ends what is under way, and tells what was done. */
async function serve(
  { container, tellTheRest }: ControllerParts,
  { lease, work, stop }: { readonly lease: Lease; readonly work: AbortController; readonly stop: AbortSignal },
): Promise<void> {
  const life = container.get(ControllerLife).run(lease.heldUntil, work.signal)
  await Promise.race([life, aborted(AbortSignal.any([stop, lease.signal]))])
  if (lease.signal.aborted) work.abort(ENDING) // somebody else may act soon: nothing is finished, nothing more is told
  await container.get(CsiServer).drain(lease.signal.aborted ? 0 : DRAIN_LIMIT)
  work.abort(ENDING)
  await life
  if (!lease.signal.aborted) await tellTheRest()
}

/** Waits for the Lease. Being told to stop ends the waiting; once it is ours, `office` alone gives it back. */
async function acquire(leadership: Leadership, office: AbortController, stop: AbortSignal): Promise<Lease> {
  const giveUp = () => office.abort(stop.reason)
  if (stop.aborted) giveUp()
  stop.addEventListener('abort', giveUp, { once: true })
  try {
    return await leadership.acquire(office.signal)
  } finally {
    stop.removeEventListener('abort', giveUp)
  }
}

async function runNode(programs: Programs, config: NodeConfig, stop: AbortSignal): Promise<number> {
  const container = await here(programs.node, 'node')(config)
  return guarded(container, stop, async () => {
    await container.get(MetricsServer).start()
    await container.get(CsiServer).listen(config.endpoint)
    container.get(Readiness).ready()
    await aborted(stop)
    await container.get(CsiServer).drain(DRAIN_LIMIT)
    return 0
  })
}

/** A fault is told and becomes exit code 1, unless the program was told to end anyway; what was started is ended. */
async function guarded(container: Container, stop: AbortSignal, run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    if (stop.aborted) return 0
    container.get<Logger>(Logger).error('the program cannot go on', { error })
    return 1
  } finally {
    await container.unbindAllAsync()
  }
}

const notHere = (program: string) =>
  new ConfigurationError([`the ${program} is not part of this bundle: bin/rds-csi chooses the right one`])

function leaseLost(container: Container): number {
  container.get<Logger>(Logger).error('the Lease is lost; another process may act now, so this one ends')
  return 1
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(mistakes: readonly string[]): number {
  process.stderr.write(mistakes.map(mistake => `rds-csi: ${mistake}\n`).join(''))
  return 2
}
