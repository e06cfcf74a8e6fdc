import { randomBytes, randomUUID } from 'node:crypto'
import type { Millis } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { HardwareProbes, ProbeResult } from '../../../ports/hardware-probes.ts'
import { withDeadline } from '../deadline.ts'
import { fileName, foldersBetween } from '../device-path.ts'
import type { OperationsOptions } from '../operations/options.ts'
import type { Transport } from '../transport.ts'
import { CleanUp } from './clean-up.ts'
import { DISK_PROBES } from './disk-probes.ts'
import { EXPORT_PROBES } from './export-probes.ts'
import { FILE_PROBES } from './file-probes.ts'
import { Lab, ProbeFailed } from './lab.ts'
import { type NvmeDialer, NvmeSession } from './nvme-session.ts'
import { type Bench, open, type Probe } from './probe.ts'
import { type HostNames, sessionProbe } from './session-probes.ts'
import { DATA_PROBES } from './subvolume-probes.ts'
import { TEXT_PROBES } from './text-probes.ts'
import { UNTRIED } from './untried.ts'

/** For removing what was made, whatever ended the run. */
const CLEANING: Millis = 60_000
const PATIENCE: Millis = 5000

/** Probes on a RouterOS appliance, one after the other, each on scratch items that are gone before the next one begins. */
export class RouterOsProbes implements HardwareProbes {
  readonly #transport: Transport
  readonly #options: OperationsOptions
  readonly #clock: Clock
  readonly #patience: Millis
  readonly #cleaning: CleanUp

  /** `patience`: how long the device is given for what it does behind the scenes. */
  constructor(transport: Transport, options: OperationsOptions, clock: Clock, patience = PATIENCE) {
    this.#transport = transport
    this.#options = options
    this.#clock = clock
    this.#patience = patience
    const pause = (span: Millis, signal: AbortSignal) => clock.sleep(span, signal)
    this.#cleaning = new CleanUp({ transport, basePath: options.basePath, pause })
  }

  cleanUp(signal: AbortSignal): Promise<readonly string[]> {
    return withDeadline(this.#clock, CLEANING, signal, limited => this.#cleaning.run(limited))
  }

  async run(tell: (result: ProbeResult) => void, signal: AbortSignal): Promise<void> {
    const hosts: HostNames = { a: hostNqn(), b: hostNqn() }
    const bench = this.#bench(hosts)
    const probes = [
      ...DISK_PROBES,
      ...FILE_PROBES,
      ...EXPORT_PROBES,
      ...TEXT_PROBES,
      ...DATA_PROBES,
      sessionProbe(hosts),
    ]
    // As the controller does; what is there already is refused.
    for (const path of foldersBetween(bench.lab.poolPath, this.#options.basePath)) {
      await bench.lab.attempt(folder(path), signal)
    }
    for (const probe of probes) for (const result of await this.#try(probe, bench, signal)) tell(result)
    for (const result of UNTRIED) tell(result)
  }

  /** Removing what the probe made has its own deadline, and happens also where the run was told to end. */
  async #try(probe: Probe, bench: Bench, signal: AbortSignal): Promise<readonly ProbeResult[]> {
    try {
      signal.throwIfAborted()
      await bench.lab.must(folder(bench.lab.folder), signal)
      return await probe.run(bench, signal)
    } catch (error) {
      if (!(error instanceof ProbeFailed)) throw error
      return probe.points.map(point => open(point, error.message))
    } finally {
      await this.cleanUp(new AbortController().signal)
    }
  }

  #bench(hosts: HostNames): Bench {
    const { basePath, transport, user, nvmeAddress, nvmePort } = this.#options
    return {
      lab: new Lab(this.#transport, basePath, randomBytes(3).toString('hex')),
      transport,
      user,
      nvmePort,
      dial: nvmeAddress === undefined ? undefined : dialer({ address: nvmeAddress, port: nvmePort }, hosts),
      pause: (span, signal) => this.#clock.sleep(span, signal),
      patience: this.#patience,
    }
  }
}

const folder = (path: string) => ({ path: '/file/add', args: { name: fileName(path), type: 'directory' } })

const hostNqn = (): string => `nqn.2014-08.org.nvmexpress:uuid:${randomUUID()}`

const dialer =
  (at: { readonly address: string; readonly port: number }, hosts: HostNames): NvmeDialer =>
  (nqn, host, signal) => {
    const hostId = Buffer.from(hosts[host].slice(-36).replaceAll('-', ''), 'hex')
    return NvmeSession.dial(at, { hostId, hostNqn: hosts[host], nqn }, signal)
  }
