import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFailed, onTestFinished } from 'vitest'
import { openPublished } from '../../src/adapters/sim/host/pod-io.ts'
import { type ClusterOptions, type RunningCluster, startCluster } from '../../src/adapters/sim/cluster/start-cluster.ts'
import type { DeviceOptions } from '../../src/adapters/sim/routeros-device/device-options.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import { type Appliance, BASE_PATH } from '../../src/demo/appliance.ts'
import { Attacher } from '../../src/demo/attacher.ts'
import { type ClaimEvent, eventsOn } from '../../src/demo/claim-events.ts'
import { type Exposition, scrape } from '../../src/demo/exposition.ts'
import { DRIVER } from '../../src/demo/installation.ts'
import { KubeClient } from '../../src/demo/kube-client.ts'
import { Kubelet } from '../../src/demo/kubelet.ts'
import { type Launcher, launcherBeside } from '../../src/demo/launcher.ts'
import { Provisioner } from '../../src/demo/provisioner.ts'
import { type Served, Stack } from '../../src/demo/stack.ts'
import type { Volume, Wish } from '../../src/demo/volume.ts'
import { until } from '../../src/demo/waiting.ts'
import { Workload } from '../../src/demo/workload.ts'

export const GIB = 1024 ** 3
export const PASSWORD = 'correct-horse-battery-staple'

const checkout = resolve(import.meta.dirname, '../..')
const SETTLING = 10_000

/** Programs straight from their sources; what Node compiled is kept for the next start. */
export const fromSources: Launcher = args => {
  const launch = launcherBeside(join(checkout, 'src/simulators.ts'), process.env)(args)
  const env = { ...launch.env, NODE_COMPILE_CACHE: join(checkout, '.cache/scenarios'), NODE_OPTIONS: undefined }
  const [file = ''] = launch.args.slice(process.execArgv.length)
  return { command: launch.command, args: [file, ...args], env }
}

export interface RigOptions {
  readonly nodes?: readonly string[]
  readonly cluster?: ClusterOptions
  /** More flags of the controller. */
  readonly flags?: readonly string[]
  /** Further TCP ports on which the appliance may export volumes. */
  readonly exportPorts?: { readonly first: number; readonly last: number }
  /** What the controller speaks to the appliance; the binary API unless told otherwise. */
  readonly transport?: TransportName
  /** Public key of the appliance's user, for SSH. */
  readonly userKey?: string
}

type TransportName = 'api' | 'rest' | 'ssh'

const SERVICES = { api: 'apiTls', rest: 'rest', ssh: 'ssh' } as const

/** Appliance and cluster in this process, for their switches; the driver's programs as processes of their own. */
export class Rig {
  readonly folder: string
  readonly device: RunningDevice
  readonly cluster: RunningCluster
  readonly kube: KubeClient
  readonly stack: Stack
  readonly appliance: Appliance
  readonly kubeconfig: string
  readonly signal: AbortSignal
  readonly #flags: readonly string[]
  readonly #nodes = new Map<string, Served>()
  #controller: Served | undefined

  private constructor(base: Base, flags: readonly string[]) {
    this.folder = base.folder
    this.device = base.device
    this.cluster = base.cluster
    this.stack = base.stack
    this.appliance = base.appliance
    this.kubeconfig = base.kubeconfig
    this.signal = base.signal
    this.kube = new KubeClient(base.kubeconfig)
    this.#flags = flags
  }

  /** Starts everything, and ends it when the test has finished; where the test fails the programs' logs are shown. */
  static async start(options: RigOptions = {}): Promise<Rig> {
    const { nodes = ['node-a', 'node-b'], cluster = {}, flags = [], exportPorts, transport = 'api', userKey } = options
    const more = { ...(exportPorts && { exportPorts }), ...(userKey !== undefined && { keys: [userKey] }) }
    const base = await startBase({ nodes, ...cluster }, more, transport)
    const rig = new Rig(base, [...transportFlags(transport, base.device), ...flags])
    await Promise.all([rig.startController(), ...nodes.map(node => rig.#startNode(node))])
    return rig
  }

  get controller(): Served {
    if (this.#controller === undefined) throw new Error('the controller has not been started')
    return this.#controller
  }

  node(name: string): Served {
    const node = this.#nodes.get(name)
    if (node === undefined) throw new Error(`${name} has not been started`)
    return node
  }

  /** Starts the controller, or starts it again once it has ended. */
  async startController(): Promise<void> {
    this.#controller = await this.stack.startController(this.kubeconfig, this.appliance, this.#flags)
  }

  get attacher(): Attacher {
    return new Attacher(this.kube, this.controller.csi, DRIVER)
  }

  get provisioner(): Provisioner {
    return new Provisioner(this.kube, this.controller.csi, DRIVER)
  }

  /** A block volume that may be migrated, unless told otherwise. */
  provision(wish: Partial<Wish> = {}): Promise<Volume> {
    const usual = { claim: 'disk', mode: 'Block', access: 'ReadWriteMany', bytes: GIB, parameters: {} } as const
    return this.provisioner.provision({ ...usual, ...wish })
  }

  /** Attached, staged, and published to a pod. */
  async run(volume: Volume, node: string): Promise<Workload> {
    const workload = new Workload(volume, await this.attacher.attach(volume, node), this.kubelet(node))
    await workload.start()
    return workload
  }

  kubelet(node: string): Kubelet {
    const root = join(this.folder, 'kubelet', node)
    return new Kubelet({ node: this.node(node).csi, root, driver: DRIVER, open: openPublished })
  }

  async metrics(served: Served): Promise<Exposition> {
    return scrape(await this.stack.metricsUrl(served), this.signal)
  }

  events(volume: Volume): Promise<readonly ClaimEvent[]> {
    return eventsOn(this.kube, volume.claim)
  }

  /** Asks until there is an answer. */
  until<T>(what: string, ask: () => Promise<T | undefined>, limit = SETTLING): Promise<T> {
    return until(what, ask, { signal: this.signal, limit })
  }

  /** Asks until what is found passes; fails with what the last check said. */
  async eventually(check: () => Promise<void>, limit = SETTLING): Promise<void> {
    const passed = async () => {
      await check()
      return true
    }
    await this.until('a check to pass', passed, limit)
  }

  async #startNode(name: string): Promise<void> {
    this.#nodes.set(name, await this.stack.startNode(name))
  }
}

interface Base {
  readonly folder: string
  readonly device: RunningDevice
  readonly cluster: RunningCluster
  readonly stack: Stack
  readonly appliance: Appliance
  readonly kubeconfig: string
  readonly signal: AbortSignal
}

/** Appliance, cluster, and an empty stack: everything but the driver. */
async function startBase(options: ClusterOptions, more: DeviceOptions, transport: TransportName): Promise<Base> {
  const folder = await mkdtemp(join(tmpdir(), 'rds-s-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const loopback = { host: '127.0.0.1', port: 0 }
  const directories = [BASE_PATH.slice(1)]
  const served = { [SERVICES[transport]]: loopback, blocks: loopback }
  const device = await startDevice({ ...served, password: PASSWORD, directories, ...more })
  onTestFinished(() => device.stop())
  const cluster = await startCluster(options)
  onTestFinished(() => cluster.close())
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 })
  const over = new AbortController()
  const stack = new Stack({ launch: fromSources, folder, logs: folder, signal: over.signal })
  onTestFailed(() => void process.stderr.write(`${stack.tails()}\n`))
  onTestFinished(async () => {
    over.abort(new Error('the test is over'))
    await stack.stop()
  })
  const appliance = await describe(device, folder, transport)
  return { folder, device, cluster, kubeconfig, stack, appliance, signal: over.signal }
}

/** The flags beside those by which every controller finds its appliance. */
function transportFlags(transport: TransportName, { hostKey }: RunningDevice): readonly string[] {
  if (transport === 'api') return []
  const proof = transport === 'ssh' ? [`--rds-host-key=${hostKey?.fingerprint}`] : []
  return [`--rds-transport=${transport}`, ...proof]
}

async function describe(device: RunningDevice, folder: string, transport: TransportName): Promise<Appliance> {
  const { [SERVICES[transport]]: managed, blocks } = device.addresses
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 })
  return {
    apiTls: `127.0.0.1:${managed?.port}`,
    blocks: `127.0.0.1:${blocks?.port}`,
    // SSH has no certificate, and asks for none.
    fingerprint: device.certificate?.fingerprint ?? '0'.repeat(64),
    passwordFile,
  }
}

/** The value of a metric, all its series summed up; 0 where there is none. */
export const valueOf = (page: Exposition, name: string, labels: Readonly<Record<string, string>> = {}): number =>
  page.value(name, labels) ?? 0
