import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Appliance, applianceFlags, BASE_PATH } from './appliance.ts'
import { CsiClient } from './csi-client.ts'
import type { Launcher } from './launcher.ts'
import { type Launch, Program } from './processes.ts'

const READY_LIMIT = 30_000

export interface StackOptions {
  readonly launch: Launcher
  /** Where sockets, the kubeconfig and the like go. Short, as the path of a Unix socket has to be. */
  readonly folder: string
  /** Where each program's output goes, as `<name>.log`. */
  readonly logs: string
  /** Ends every wait. */
  readonly signal: AbortSignal
}

/** One program of the driver and the way to talk to it. */
export interface Served {
  readonly program: Program
  readonly csi: CsiClient
  readonly socket: string
}

/** The programs of a whole installation, each a process of its own. Names are unique and name the log files. */
export class Stack {
  readonly #options: StackOptions
  readonly #programs = new Map<string, Program>()
  readonly #clients = new Map<string, CsiClient>()
  readonly #ended = Promise.withResolvers<never>()

  constructor(options: StackOptions) {
    this.#options = options
    this.#ended.promise.catch(() => undefined)
  }

  /** Starts a program without waiting for anything. An earlier one of that name has to have ended. */
  start(name: string, args: readonly string[]): Program {
    return this.run(name, this.#options.launch(args))
  }

  run(name: string, launch: Launch): Program {
    const program = new Program(name, join(this.#options.logs, `${name}.log`), launch)
    this.#programs.set(name, program)
    program.unwantedEnd().catch((error: unknown) => this.#ended.reject(error))
    return program
  }

  /** The simulated appliance, with a password of its own; `latency` as its flag takes it. */
  async startAppliance(latency: string): Promise<Appliance> {
    const passwordFile = join(this.#options.folder, 'appliance-password')
    await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
    await mkdir(this.applianceFolder, { recursive: true })
    const program = this.start('appliance', [
      'simulate-device',
      '--api-tls=127.0.0.1:0',
      '--blocks=127.0.0.1:0',
      `--password-file=${passwordFile}`,
      `--latency=${latency}`,
      `--data-dir=${this.applianceFolder}`,
      `--directory=${BASE_PATH}`,
    ])
    const { apiTls = '', blocks = '', fingerprint = '' } = await this.#announcement(program)
    return { apiTls, blocks, fingerprint, passwordFile }
  }

  /** Where the appliance keeps its bytes. */
  get applianceFolder(): string {
    return join(this.#options.folder, 'appliance')
  }

  /** The simulated cluster; answers the path of its kubeconfig. */
  async startCluster(nodes: readonly string[]): Promise<string> {
    const kubeconfig = join(this.#options.folder, 'kubeconfig')
    const args = ['simulate-cluster', `--write-kubeconfig=${kubeconfig}`, `--nodes=${nodes.join(',')}`]
    await this.#announcement(this.start('cluster', args))
    return kubeconfig
  }

  /** Resolves once the controller's Probe says ready. It keeps its identity, so that a restarted one goes on at once. */
  async startController(kubeconfig: string, appliance: Appliance, more: readonly string[] = []): Promise<Served> {
    return this.#startDriver('controller', [
      'controller',
      `--kubeconfig=${kubeconfig}`,
      ...applianceFlags(appliance),
      '--leader-election-namespace=rds-csi',
      '--leader-election-identity=rds-csi-controller-0',
      ...more,
    ])
  }

  async startNode(node: string, more: readonly string[] = []): Promise<Served> {
    return this.#startDriver(node, ['node', `--node-id=${node}`, '--host=simulated', ...more])
  }

  /** Where a program of the driver serves its metrics. */
  async metricsUrl({ program }: Pick<Served, 'program'>): Promise<string> {
    const port = await program.line(metricsPort, this.#patience())
    return `http://127.0.0.1:${port}/metrics`
  }

  /** Rejects with ProgramEnded when a program ends without having been told to; otherwise never settles. */
  unwantedEnd(): Promise<never> {
    return this.#ended.promise
  }

  /** Name and last lines of every program. */
  tails(): string {
    return [...this.#programs.values()].map(each => `--- ${each.name}\n${each.tail()}`).join('\n')
  }

  /** Ends everything, the last started first. Names those that did not end with exit code 0, each with its code. */
  async stop(): Promise<readonly string[]> {
    for (const client of this.#clients.values()) client.close()
    const unclean: string[] = []
    for (const program of [...this.#programs.values()].toReversed()) {
      const how = await program.stop()
      if (how !== 0) unclean.push(`${program.name} ended with ${how}`)
    }
    return unclean
  }

  async #startDriver(name: string, args: readonly string[]): Promise<Served> {
    const socket = join(this.#options.folder, `${name}.sock`)
    const own = [`--endpoint=unix://${socket}`, '--metrics-address=127.0.0.1:0']
    const given = new Set(args.map(flagOf))
    const defaults = own.filter(arg => !given.has(flagOf(arg)))
    const program = this.start(name, [...args, ...defaults])
    // One client for every program of that name: it finds a restarted one by itself, as sidecars do.
    const csi = this.#clients.get(name) ?? new CsiClient(socket)
    this.#clients.set(name, csi)
    const { signal } = this.#options
    await program.whileRunning(csi.ready({ signal, limit: READY_LIMIT }), signal)
    return { program, csi, socket }
  }

  async #announcement(program: Program): Promise<Readonly<Record<string, string>>> {
    return program.line(announced, this.#patience())
  }

  #patience(): AbortSignal {
    return AbortSignal.any([this.#options.signal, AbortSignal.timeout(READY_LIMIT)])
  }
}

const flagOf = (arg: string): string => arg.slice(0, arg.indexOf('='))

const announced = (line: string) =>
  line.startsWith('{') ? (JSON.parse(line) as Readonly<Record<string, string>>) : undefined

function metricsPort(line: string): number | undefined {
  if (!line.startsWith('{') || !line.includes('metrics are served')) return undefined
  return (JSON.parse(line) as { readonly port?: number }).port
}
