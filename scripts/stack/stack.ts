import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { byLauncher, type Launch, Program } from './program.ts'
import { probeReady } from './probe.ts'

const READY_LIMIT = 60_000
const BASE_PATH = '/storage-pool/volumes'

export interface StackOptions {
  readonly nodes: readonly string[]
  /** File system of the appliance's pool; only btrfs can take snapshots. The appliance's own default where it is left out. */
  readonly pool?: 'btrfs' | 'xfs'
  /** How the controller and the nodes are started; the simulators always start by the launcher. */
  readonly launch?: (args: readonly string[]) => Launch
}

interface Device {
  readonly apiTls: string
  readonly blocks: string
  readonly fingerprint: string
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1)

/** A simulated appliance and cluster with the driver's controller and nodes beside them, each a process of its own. */
export class Stack {
  /** Short, as the path of a Unix socket has to be. */
  readonly folder = mkdtempSync(join(tmpdir(), 'rc-'))
  readonly #programs: Program[] = []
  readonly #launch: (args: readonly string[]) => Launch
  readonly #pool: StackOptions['pool']

  private constructor({ launch = byLauncher, pool }: StackOptions) {
    this.#launch = launch
    this.#pool = pool
  }

  /** Resolves when the Probe of every driver program says ready. Throws, with everything stopped, where one does not. */
  static async start(options: StackOptions): Promise<Stack> {
    const stack = new Stack(options)
    try {
      await stack.#start(options.nodes)
      return stack
    } catch (error) {
      await stack.stop()
      throw error
    }
  }

  /** The CSI socket of the controller or of a node. */
  socket(name: string): string {
    return join(this.folder, `${name}.sock`)
  }

  logEnds(): string {
    return this.#programs.map(program => `--- ${program.name}\n${program.logEnd()}`).join('\n')
  }

  /** Ends every program, the last one first. Names those that did not end with exit code 0, each with its code. */
  async stop(): Promise<readonly string[]> {
    const unclean: string[] = []
    for (const program of this.#programs.toReversed()) {
      const code = await program.stop()
      if (code !== 0) unclean.push(`${program.name} ended with ${code ?? program.process.signalCode ?? 'nothing'}`)
    }
    rmSync(this.folder, { recursive: true, force: true })
    return unclean
  }

  async #start(nodes: readonly string[]): Promise<void> {
    const signal = AbortSignal.timeout(READY_LIMIT)
    const [device, kubeconfig] = await Promise.all([this.#startDevice(signal), this.#startCluster(nodes, signal)])
    const controller = this.#startDriver('controller', [
      'controller',
      `--kubeconfig=${kubeconfig}`,
      '--rds-address=127.0.0.1',
      `--rds-port=${portOf(device.apiTls)}`,
      `--rds-fingerprint=${device.fingerprint}`,
      `--rds-password-file=${this.#passwordFile}`,
      `--rds-volume-base-path=${BASE_PATH}`,
      `--nvme-port=${portOf(device.blocks)}`,
      '--leader-election-namespace=rds-csi',
    ])
    const groups = `--group-snapshots=${this.#pool !== 'xfs'}`
    const started = nodes.map(node =>
      this.#startDriver(node, ['node', `--node-id=${node}`, '--host=simulated', groups]),
    )
    await Promise.all([controller, ...started].map(program => this.#ready(program, signal)))
  }

  async #startDevice(signal: AbortSignal): Promise<Device> {
    writeFileSync(this.#passwordFile, 'correct horse battery staple', { mode: 0o600 })
    const data = join(this.folder, 'device')
    mkdirSync(data)
    const program = this.#add(
      'device',
      byLauncher([
        'simulate-device',
        '--api-tls=127.0.0.1:0',
        '--blocks=127.0.0.1:0',
        `--password-file=${this.#passwordFile}`,
        `--data-dir=${data}`,
        `--directory=${BASE_PATH}`,
        ...(this.#pool === undefined ? [] : [`--pool-fs=${this.#pool}`]),
      ]),
    )
    const { apiTls = '', blocks = '', fingerprint = '' } = await program.announcement(signal)
    return { apiTls, blocks, fingerprint }
  }

  async #startCluster(nodes: readonly string[], signal: AbortSignal): Promise<string> {
    const kubeconfig = join(this.folder, 'kubeconfig')
    const args = ['simulate-cluster', `--write-kubeconfig=${kubeconfig}`, `--nodes=${nodes.join(',')}`]
    await this.#add('cluster', byLauncher(args)).announcement(signal)
    return kubeconfig
  }

  #startDriver(name: string, args: readonly string[]): Program {
    return this.#add(
      name,
      this.#launch([...args, `--endpoint=unix://${this.socket(name)}`, '--metrics-address=127.0.0.1:0']),
    )
  }

  async #ready(program: Program, signal: AbortSignal): Promise<void> {
    const stopped = new AbortController()
    const until = AbortSignal.any([signal, stopped.signal])
    try {
      await program.whileRunning(probeReady(this.socket(program.name), until), signal)
    } finally {
      stopped.abort()
    }
  }

  #add(name: string, launch: Launch): Program {
    const program = new Program(name, this.folder, launch)
    this.#programs.push(program)
    return program
  }

  get #passwordFile(): string {
    return join(this.folder, 'password')
  }
}
