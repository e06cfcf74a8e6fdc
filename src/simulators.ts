import { main, type Programs } from './main.ts'
import { endingBy, exitWith } from './start.ts'

/**
 * The entry of the simulators' bundle: the simulated appliance, the simulated cluster, the demonstration, and the driver
 * itself for nodes that run without a kernel (`--host=simulated`). It never ships in an image. Each program loads its own
 * part only.
 */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const stop = endingBy(...SIGNALS)

const io = { stdout: process.stdout, stderr: process.stderr }
const PROGRAMS: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  'simulate-device': async argv => {
    const { runSimulateDevice } = await import('./adapters/sim/routeros-device/simulate-device.ts')
    return runSimulateDevice(argv, io, stop)
  },
  'simulate-cluster': async argv => {
    const { runSimulateCluster } = await import('./adapters/sim/cluster/simulate-cluster.ts')
    return runSimulateCluster(argv, { ...io, env: process.env }, stop)
  },
  demo: async argv => {
    const { runDemo } = await import('./demo/demo.ts')
    const { launcherBeside } = await import('./demo/launcher.ts')
    const { openPublished } = await import('./adapters/sim/host/pod-io.ts')
    const launch = launcherBeside(process.argv[1] ?? '', process.env)
    // It ends its programs first, however often somebody presses Ctrl-C.
    for (const name of SIGNALS) process.on(name, () => undefined)
    return runDemo(argv, { ...io, launch, open: openPublished, stop })
  },
}

/** The driver itself, its nodes on hosts without a kernel. */
const DRIVER: Programs = {
  controller: async config => (await import('./compose-controller.ts')).composeController(config),
  doctor: async (config, ending) => (await import('./compose-tools.ts')).runDoctor(config, ending),
  adopt: async (config, ending) => (await import('./compose-tools.ts')).runAdopt(config, ending),
  node: async config => {
    const { composeNode } = await import('./compose-node.ts')
    const { simHostModule } = await import('./adapters/sim/host/sim-host.module.ts')
    return composeNode(config, { hosts: { simulated: simHostModule } })
  },
}

async function run(argv: readonly string[]): Promise<number> {
  const program = PROGRAMS[argv[0] ?? '']
  if (program !== undefined) return program(argv.slice(1))
  return main(argv, { env: process.env, programs: DRIVER, stop })
}

exitWith(run(process.argv.slice(2)))
