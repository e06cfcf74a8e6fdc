import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bundles, buildBundles } from './bundles.ts'
import { type Cluster, NODE, startCluster } from './cluster.ts'
import { BASE_PATH, Device } from './device.ts'
import { Program } from './program.ts'
import { flagsOf, type Way } from './ways.ts'

export type ProgramName = 'floor' | 'controller' | 'node' | 'bare-grpc'

/** How a program is started, where not as usual. */
export interface StartOptions {
  /** False: without the compile cache. */
  readonly cache?: boolean
  /** Of the controller: the appliance that it works with, and the way to it. */
  readonly device?: Device
  readonly way?: Way
  /** Beside those that it needs. */
  readonly flags?: readonly string[]
}

/** Everything that is measured and what it needs, in a folder of its own. */
export class Lab {
  readonly folder: string
  readonly device: Device
  readonly #cluster: Cluster
  readonly #bundles: Bundles
  readonly #programs = new Set<Program>()
  #started = 0

  private constructor(folder: string, parts: readonly [Device, Cluster, Bundles]) {
    this.folder = folder
    ;[this.device, this.#cluster, this.#bundles] = parts
    writeFileSync(this.passwordFile, this.device.access.password, { mode: 0o600 })
  }

  /** Short paths, as that of a Unix socket has to be. */
  static async open(): Promise<Lab> {
    const folder = mkdtempSync(join(tmpdir(), 'rb-'))
    const parts = [Device.start(), startCluster(join(folder, 'kubeconfig')), buildBundles(folder)] as const
    return new Lab(folder, await Promise.all(parts))
  }

  get passwordFile(): string {
    return join(this.folder, 'password')
  }

  get kubeconfig(): string {
    return this.#cluster.kubeconfig
  }

  /** Starts one; it is measured by whoever asked. */
  start(name: ProgramName, options: StartOptions = {}): Program {
    this.#started += 1
    const socket = join(this.folder, `${this.#started}.sock`)
    const program = new Program({
      args: this.#arguments(name, socket, options),
      socket,
      logFile: join(this.folder, `${name}.log`),
      ...(options.cache !== false && { compileCache: join(this.folder, 'compile-cache', name) }),
    })
    this.#programs.add(program)
    return program
  }

  /** Fills the compile cache of a program as the image build does. */
  async prime(name: ProgramName): Promise<void> {
    const program = this.start(name)
    await program.until('ready')
    await this.end(program)
  }

  async end(program: Program): Promise<void> {
    await program.stop()
    this.#programs.delete(program)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#programs].map(program => program.stop()))
    await Promise.all([this.device.stop(), this.#cluster.stop()])
    rmSync(this.folder, { recursive: true, force: true })
  }

  #arguments(name: ProgramName, socket: string, options: StartOptions): readonly string[] {
    const common = [`--endpoint=unix://${socket}`, '--metrics-address=127.0.0.1:0', ...(options.flags ?? [])]
    switch (name) {
      case 'floor':
        return [join(import.meta.dirname, 'floor.cjs'), socket]
      case 'bare-grpc':
        return [join(import.meta.dirname, 'bare-grpc-process.ts'), socket]
      case 'node':
        return [this.#bundles.node, 'node', `--node-id=${NODE}`, '--host=simulated', ...common]
      case 'controller':
        return [this.#bundles.controller, 'controller', ...this.#controllerFlags(options), ...common]
    }
  }

  #controllerFlags({ device = this.device, way = 'api' }: StartOptions): readonly string[] {
    return [
      `--kubeconfig=${this.kubeconfig}`,
      '--rds-address=127.0.0.1',
      ...flagsOf(way, device.access),
      `--rds-password-file=${this.passwordFile}`,
      `--rds-volume-base-path=${BASE_PATH}`,
      '--leader-election-namespace=rds-csi',
      '--leader-election-identity=bench',
    ]
  }
}
