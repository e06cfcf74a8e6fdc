import 'reflect-metadata'
import type { Container } from 'inversify'
import { CsiServer } from './adapters/csi/server.ts'
import { MetricsServer } from './adapters/prometheus/prometheus.module.ts'
import { ControllerLife } from './app/controller-life.ts'
import { Readiness } from './app/readiness.ts'
import { composeController, composeNode, type Composition } from './compose.ts'
import { ConfigurationError, controllerConfig, nodeConfig } from './config.ts'
import { CONTROLLER, NODE } from './config/flags.ts'
import { describeFlags } from './config/parse-flags.ts'
import { Leadership } from './ports/leadership.ts'
import { Logger } from './ports/logger.ts'
import { version } from './version.ts'

/** How long calls under way may take once the program is told to end. */
const DRAIN_LIMIT = 10_000

const USAGE = `rds-csi ${version}: Kubernetes CSI driver for MikroTik ROSE Data Server (RouterOS 7), volumes over NVMe/TCP

Usage: rds-csi PROGRAM [--flag=value …]

Programs
  controller         makes, attaches and removes volumes; one per cluster, next to the CSI sidecars
  node               connects and mounts volumes; one on each node
  version            prints the version
  simulate-device    a RouterOS appliance with its real API, for trying and for tests
  simulate-cluster   a Kubernetes API with the objects that the driver uses, for trying and for tests
  demo               runs all of them and shows the whole life of some volumes

rds-csi PROGRAM --help lists its flags. Each flag may also be given as RDS_CSI_<FLAG>; the flag wins.
Exit codes: 0 ended on request, 1 a fault at run time, 2 wrong configuration.
`

/** Runs one program of the driver until the signal aborts. Returns the exit code. */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const [program = 'help', ...flags] = argv
  if (program === 'version') return print(`${version}\n`)
  if (['help', '--help', '-h'].includes(program)) return print(USAGE)
  const table = { controller: CONTROLLER, node: NODE }[program]
  if (table === undefined) return complain([`there is no program ${JSON.stringify(program)}; rds-csi help lists them`])
  if (flags.includes('--help')) return print(`rds-csi ${program}\n\n${describeFlags(table)}\n`)
  try {
    return program === 'controller'
      ? await runController(composeController(controllerConfig(flags, env)), signal)
      : await runNode(composeNode(nodeConfig(flags, env)), signal)
  } catch (error) {
    if (error instanceof ConfigurationError) return complain(error.mistakes)
    throw error
  }
}

async function runController({ container, endpoint }: Composition, stop: AbortSignal): Promise<number> {
  await container.get(MetricsServer).start()
  const readiness = container.get(Readiness)
  readiness.notReady('waiting for the Lease')
  const ended = new AbortController()
  try {
    const lease = await container.get<Leadership>(Leadership).acquire(stop)
    const until = AbortSignal.any([stop, lease.signal])
    await container.get(CsiServer).listen(endpoint)
    const life = container.get(ControllerLife).run(lease.heldUntil, AbortSignal.any([until, ended.signal]))
    await Promise.race([life, aborted(until)])
    await container.get(CsiServer).drain(DRAIN_LIMIT)
    ended.abort()
    await life
    return stop.aborted ? 0 : leaseLost(container)
  } catch (error) {
    if (stop.aborted) return 0
    container.get<Logger>(Logger).error('the controller cannot go on', { error })
    return 1
  } finally {
    await container.unbindAllAsync()
  }
}

async function runNode({ container, endpoint }: Composition, stop: AbortSignal): Promise<number> {
  await container.get(MetricsServer).start()
  try {
    await container.get(CsiServer).listen(endpoint)
    container.get(Readiness).ready()
    await aborted(stop)
    await container.get(CsiServer).drain(DRAIN_LIMIT)
    return 0
  } catch (error) {
    container.get<Logger>(Logger).error('the node cannot go on', { error })
    return 1
  } finally {
    await container.unbindAllAsync()
  }
}

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
