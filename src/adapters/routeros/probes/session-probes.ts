import type { ProbeResult } from '../../../ports/hardware-probes.ts'
import { ProbeFailed, SCRATCH } from './lab.ts'
import type { NvmeSession } from './nvme-session.ts'
import { type Bench, eventually, open, type Probe, seen } from './probe.ts'

const NQN = 'nqn.2000-02.com.mikrotik:'
/** Host NQNs under which the probes connect. */
export type HostNames = Readonly<Record<'a' | 'b', string>>

const POINTS = [
  'allowHostChangeDropsSessions',
  'anySetDropsSessions',
  'disableDropsSessions',
  'allowHostList',
  'resizeVisible',
  'turning the export off ends sessions',
  'the allowed host keeps others out',
  'serial number after turning the export off and on',
] as const

/** Exports one scratch disk and talks to it. */
class Target {
  readonly #bench: Bench
  readonly #name = 'target'
  readonly #nqn: string

  constructor(bench: Bench) {
    this.#bench = bench
    this.#nqn = NQN + bench.lab.slot(this.#name)
  }

  async make(signal: AbortSignal): Promise<void> {
    await this.#bench.lab.must(this.#bench.lab.addSized(this.#name), signal)
  }

  async set(args: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    await this.#bench.lab.must(this.#bench.lab.set(this.#name, args), signal)
  }

  /** Off, and then on for these hosts; '' for any. */
  async export(hosts: string, signal: AbortSignal): Promise<void> {
    await this.set({ 'nvme-tcp-export': 'no', disabled: 'no' }, signal)
    const server = {
      'nvme-tcp-export': 'yes',
      'nvme-tcp-server-port': String(this.#bench.nvmePort),
      'nvme-tcp-server-nqn': this.#nqn,
      'nvme-tcp-server-allow-host-name': hosts,
    }
    await this.set(server, signal)
  }

  async dial(host: 'a' | 'b', signal: AbortSignal) {
    const { dial } = this.#bench
    if (dial === undefined) throw new ProbeFailed('no address for sessions is known')
    return dial(this.#nqn, host, signal)
  }

  /** A session that is let in; where it is not, nothing can be learnt. */
  async session(host: 'a' | 'b', signal: AbortSignal): Promise<NvmeSession> {
    const dialled = await this.dial(host, signal)
    if (dialled.open) return dialled
    throw new ProbeFailed(`no session: ${dialled.why}`)
  }

  /** Whether a session of host `a` is cut by what is done to the disk. */
  async cuts(change: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    const session = await this.session('a', signal)
    try {
      await change()
      return await eventually(this.#bench, signal, async () => !(await session.alive(signal)))
    } finally {
      session.end()
    }
  }
}

/** Whether changes of an exported disk cut its sessions, whom the target lets in, and when a host sees a new size. */
export function sessionProbe(hosts: HostNames): Probe {
  return {
    points: POINTS,
    run: async (bench, signal) => {
      if (bench.dial === undefined) {
        return POINTS.map(point => open(point, 'no --nvme-address is known: give it, and try from where it is reached'))
      }
      const target = new Target(bench)
      await target.make(signal)
      await target.export('', signal)
      const first = await target.dial('a', signal)
      if (!first.open) return POINTS.map(point => open(point, `no NVMe/TCP session from here: ${first.why}`))
      first.end()
      return [
        ...(await admission(target, hosts, signal)),
        ...(await changes(target, hosts, signal)),
        ...(await sizes(bench, target, signal)),
      ]
    },
  }
}

async function admission(target: Target, hosts: HostNames, signal: AbortSignal): Promise<readonly ProbeResult[]> {
  await target.export(hosts.a, signal)
  const own = await target.dial('a', signal)
  const other = await target.dial('b', signal)
  for (const session of [own, other]) if (session.open) session.end()
  await target.export(`${hosts.a},${hosts.b}`, signal)
  const listed = await target.dial('b', signal)
  if (listed.open) listed.end()
  return [
    seen(
      'the allowed host keeps others out',
      own.open && !other.open,
      other.open ? 'another host was let in' : `another host: ${other.why}`,
    ),
    seen('allowHostList', listed.open ? 'list' : 'literal', 'two names with a comma'),
  ]
}

async function changes(target: Target, hosts: HostNames, signal: AbortSignal): Promise<readonly ProbeResult[]> {
  await target.export(hosts.a, signal)
  const other = { 'nvme-tcp-server-allow-host-name': hosts.b }
  const byHost = await target.cuts(() => target.set(other, signal), signal)
  await target.export('', signal)
  const bySet = await target.cuts(() => target.set({ comment: 'another comment' }, signal), signal)
  await target.export('', signal)
  const byDisabling = await target.cuts(() => target.set({ disabled: 'yes' }, signal), signal)
  await target.export('', signal)
  const byExport = await target.cuts(() => target.set({ 'nvme-tcp-export': 'no' }, signal), signal)
  return [
    seen('allowHostChangeDropsSessions', byHost || bySet, 'the allowed host became another one'),
    seen('anySetDropsSessions', bySet, 'the comment was changed'),
    seen('disableDropsSessions', byDisabling, ''),
    seen('turning the export off ends sessions', byExport, byExport ? '' : 'FENCING DOES NOT HOLD on this appliance'),
  ]
}

async function sizes(bench: Bench, target: Target, signal: AbortSignal): Promise<readonly ProbeResult[]> {
  await target.export('', signal)
  const session = await target.session('a', signal)
  try {
    const before = await session.look(signal)
    const grown = await bench.lab.attempt(bench.lab.set('target', { 'file-size': String(2 * SCRATCH) }), signal)
    const resize = grown.done ? await visible(bench, session, signal) : open('resizeVisible', grown.text)
    await target.export('', signal)
    const again = await target.session('a', signal)
    const after = await again.look(signal).finally(() => again.end())
    const point = 'serial number after turning the export off and on'
    const same = before.serial === after.serial
    return [resize, seen(point, same ? 'same' : 'another', `${before.serial}, then ${after.serial}`)]
  } finally {
    session.end()
  }
}

async function visible(bench: Bench, session: NvmeSession, signal: AbortSignal): Promise<ProbeResult> {
  const point = 'resizeVisible'
  try {
    const shows = await eventually(bench, signal, async () => (await session.look(signal)).bytes >= 2 * SCRATCH)
    return seen(point, shows ? 'atOnce' : 'afterReexport', 'of a live session, asked again')
  } catch {
    signal.throwIfAborted()
    return open(point, 'the session was cut by growing the disk')
  }
}
