import type { Command } from '../../src/adapters/sim/routeros-device/command.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import { sha1 } from '../../src/adapters/system/digests.ts'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import { type Millis, type NodeId, nodeId, type VolumeId } from '../../src/domain/ids.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import { MemoryCluster } from '../support/memory-cluster.ts'
import { MemoryLedgerStore, MemoryReferences } from '../support/memory-references.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { CoreProcess, type Surroundings } from './core-process.ts'
import { PASSWORD, type Setting } from './setting.ts'

export const [NODE_A, NODE_B, NODE_C] = [nodeId('node-a'), nodeId('node-b'), nodeId('node-c')]
export const ADDRESSES: ReadonlyMap<NodeId, string> = new Map([
  [NODE_A, '10.0.0.1'],
  [NODE_B, '10.0.0.2'],
  [NODE_C, '10.0.0.3'],
])

/** How long a sidecar waits for one call, and how long it waits before the next; doubled each time up to the longest. */
const CALL_LIMIT: Millis = 10_000
const HUNG: Millis = 60_000
const FIRST_PAUSE: Millis = 1_000
const LONGEST_PAUSE: Millis = 8_000
const MOST_CALLS = 20
/** How long a start may take. */
const START_LIMIT: Millis = 120_000
/** Time goes on by this much while nobody does anything. */
const STEP: Millis = 250
/** So many turns of the event loop without any traffic are rest; what goes on in encryption has no traffic. */
const CALM_TURNS = { api: 12, rest: 25, ssh: 40 } as const
/** Who has sent nothing within so many turns sends nothing before time goes on. */
const SILENT_TURNS = 4
const LOCALHOST = { host: '127.0.0.1', port: 0 }
/** What the link sends for itself, whatever it is asked to. */
const OF_THE_LINK = new Set(['/login', '/cancel', '/system/identity/print', '/system/resource/get'])

const nameOf = (volume: VolumeId, node: NodeId): string => `${node} on ${volume}`

/** A block session of a seat holder; `ended` aborts when the appliance cuts it. */
export interface HeldSession {
  readonly name: string
  readonly ended: AbortSignal
}

/** An appliance, a cluster, a clock, and the processes that act on them, one after the other. */
export class World {
  readonly setting: Setting
  readonly device: RunningDevice
  readonly clock: SimulatedClock
  readonly cluster = new MemoryCluster(NODE_A, NODE_B, NODE_C)
  readonly references = new MemoryReferences()
  readonly sessions: HeldSession[] = []
  /** Errors that calls ended with, in order. */
  readonly failures: string[] = []
  /** Called for every command as it arrives, but those of the link. */
  onCommand: (command: Command) => void = () => undefined
  /** The process ends with the next call that fails, at the latest at this moment. */
  endsAt: Millis | undefined
  readonly #surroundings: Surroundings
  readonly #former: CoreProcess[] = []
  #process: CoreProcess | undefined

  private constructor(setting: Setting, device: RunningDevice, clock: SimulatedClock, onTraffic: () => void) {
    this.setting = setting
    this.device = device
    this.clock = clock
    const { cluster, references } = this
    for (const [node, address] of ADDRESSES) cluster.place(node, address)
    this.#surroundings = { setting, device, clock, cluster, references, ledger: new MemoryLedgerStore(), onTraffic }
    const match = (command: Command): boolean => {
      if (!OF_THE_LINK.has(command.path)) this.onCommand(command)
      return false
    }
    device.faults.arm({ kind: 'watch' }, { match })
  }

  /** With a process that is ready. */
  static async open(setting: Setting): Promise<World> {
    let traffic = 0
    let isCopying = (): boolean => false
    const rest = async (): Promise<void> => {
      const before = traffic
      let [calm, seen] = [0, traffic]
      while (calm < (seen === before ? SILENT_TURNS : CALM_TURNS[setting.wire])) {
        await new Promise(resolve => setImmediate(resolve))
        calm = seen === traffic && !isCopying() ? calm + 1 : 0
        seen = traffic
      }
    }
    const clock = new SimulatedClock(undefined, rest)
    const device = await startDevice({
      [setting.wire]: LOCALHOST,
      pool: { fs: setting.pool },
      password: PASSWORD,
      switches: setting.switches,
      now: () => new Date(clock.now()),
    })
    isCopying = () => device.isCopying
    const world = new World(setting, device, clock, () => {
      traffic += 1
    })
    try {
      await world.restart()
    } catch (error) {
      await world.close()
      throw error
    }
    return world
  }

  /** The process that lives. */
  get process(): CoreProcess {
    if (this.#process === undefined) throw new Error('no process lives')
    return this.#process
  }

  /** Another process takes the place of the one that lives, or that has died; resolves once it is ready. */
  async restart(): Promise<void> {
    this.#process?.kill()
    this.endsAt = undefined
    const process = await CoreProcess.start(this.#surroundings)
    this.#process = process
    this.#former.push(process)
    for (let waited = 0; process.why !== undefined; waited += STEP) {
      if (waited > START_LIMIT) throw new Error(`the process does not become ready: ${process.why}`)
      await this.clock.advance(STEP)
      if (process.dead.aborted) return this.restart()
    }
  }

  /** Calls as a sidecar does: again and again, each time with a deadline, until it succeeds. */
  async call<T>(work: (process: CoreProcess, signal: AbortSignal) => Promise<T>): Promise<T> {
    let pause = FIRST_PAUSE
    for (let calls = 1; ; calls += 1) {
      const outcome = await this.#attempt(work)
      if ('value' in outcome) return outcome.value
      this.failures.push(outcome.error)
      if (calls >= MOST_CALLS) throw new Error(`${calls} calls have failed:\n${this.failures.join('\n')}`)
      if (this.endsAt !== undefined) await this.restart()
      await this.pass(pause)
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    }
  }

  /** Lets time pass; whoever dies meanwhile is followed by another at once. */
  async pass(span: Millis): Promise<void> {
    const end = this.clock.monotonic() + span
    while (this.clock.monotonic() < end) {
      await this.#revive()
      await this.clock.advance(Math.min(STEP, end - this.clock.monotonic()))
    }
    await this.#revive()
  }

  /** Opens a session as the node's initiator does; false where the appliance does not let it in. */
  connect(volume: VolumeId, node: NodeId): boolean {
    const nqn = volumeNqn(volume)
    const port = Number(this.device.disks().find(row => row['nvme-tcp-server-nqn'] === nqn)?.['nvme-tcp-server-port'])
    const { hostNqn } = hostIdentity(this.cluster.identity(), node, sha1)
    const used = this.device.exportTo(hostNqn, nqn, port, ADDRESSES.get(node))
    if (used === undefined) return false
    this.sessions.push({ name: nameOf(volume, node), ended: used.ended })
    return true
  }

  /** The node's initiator ends its session by itself. */
  leave(volume: VolumeId, node: NodeId): void {
    const at = this.sessions.findIndex(({ name }) => name === nameOf(volume, node))
    if (at >= 0) this.sessions.splice(at, 1)
  }

  /** What a host writes to the beginning of the volume while it has it. */
  write(volume: VolumeId, text: string): void {
    const path = this.device.disks().find(row => row['comment']?.includes(` id=${volume} `))?.['file-path'] ?? ''
    this.device.write(path.slice(1), 0, Buffer.from(text))
  }

  async close(): Promise<void> {
    for (const process of this.#former) process.kill()
    this.device.faults.clear()
    // The dead may sleep still, of which time takes care.
    await Promise.all(this.#former.map(process => process.buried()))
    await this.device.stop()
  }

  async #revive(): Promise<void> {
    const isDue = this.endsAt !== undefined && this.clock.monotonic() >= this.endsAt
    if (this.process.dead.aborted || isDue) await this.restart()
  }

  async #attempt<T>(
    work: (process: CoreProcess, signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly value: T } | { readonly error: string }> {
    await this.#revive()
    const { process } = this
    const limit = new AbortController()
    const signal = AbortSignal.any([limit.signal, process.dead])
    const ending: { outcome?: { readonly value: T } | { readonly error: string } } = {}
    work(process, signal).then(
      value => (ending.outcome = { value }),
      (error: Error) => (ending.outcome = { error: `${error.name}: ${error.message}` }),
    )
    const due = this.clock.monotonic() + CALL_LIMIT
    for (;;) {
      await this.clock.advance(0)
      if (process.dead.aborted) return { error: 'the process died' }
      if (ending.outcome !== undefined) return ending.outcome
      if (this.clock.monotonic() >= due + HUNG) throw new Error('a call went on long after it was cancelled')
      if (this.clock.monotonic() >= due)
        limit.abort(new DOMException('the deadline of the call has passed', 'TimeoutError'))
      await this.clock.advance(STEP)
    }
  }
}
