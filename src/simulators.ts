import { simHostModule } from './adapters/sim/host/sim-host.module.ts'
import { runSimulateCluster } from './adapters/sim/cluster/simulate-cluster.ts'
import { runSimulateDevice } from './adapters/sim/routeros-device/simulate-device.ts'
import { main } from './main.ts'

/**
 * The entry of the simulators' bundle: the simulated appliance, the simulated cluster, and the driver itself for nodes that
 * run without a kernel (`--host=simulated`). It never ships in an image.
 */
const ending = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ending.abort(new Error(name)))

const io = { stdout: process.stdout, stderr: process.stderr }
const PROGRAMS: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  'simulate-device': argv => runSimulateDevice(argv, io, ending.signal),
  'simulate-cluster': argv => runSimulateCluster(argv, { ...io, env: process.env }, ending.signal),
}

function run(argv: readonly string[]): Promise<number> {
  const program = PROGRAMS[argv[0] ?? '']
  const surroundings = { env: process.env, hosts: { simulated: simHostModule }, stop: ending.signal }
  return program === undefined ? main(argv, surroundings) : program(argv.slice(1))
}

run(process.argv.slice(2)).then(
  code => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rds-csi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
