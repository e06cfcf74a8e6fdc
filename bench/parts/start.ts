import { setTimeout as pause } from 'node:timers/promises'
import { GOALS, verdict } from '../goals.ts'
import type { Lab, ProgramName } from '../lab/lab.ts'
import { cpuMillis, type Memory, memoryOf } from '../lab/proc.ts'
import type { Part } from '../part.ts'
import { median, smallest } from '../statistics.ts'
import { printTable } from '../table.ts'

interface Candidate {
  readonly name: ProgramName
  readonly text: string
  readonly cache: boolean
  readonly goal?: { readonly millis: number; readonly megabytes: number }
}

interface Sample {
  readonly answered: number
  readonly cpu: number
  readonly ready: number
  readonly idle: Memory | undefined
}

const CANDIDATES: readonly Candidate[] = [
  { name: 'floor', text: 'floor: bare HTTP/2 server', cache: true },
  { name: 'node', text: 'node', cache: true, goal: GOALS.start.node },
  { name: 'controller', text: 'controller', cache: true, goal: GOALS.start.controller },
  { name: 'node', text: 'node, no compile cache', cache: false },
  { name: 'controller', text: 'controller, no compile cache', cache: false },
]

const WHAT = `node: the shipped bundle with its flags and compile cache, on a host that does nothing.
controller: the same, appliance over TLS, cluster over HTTPS, with the Lease, which it takes before it opens its socket.`

async function startOnce(lab: Lab, { name, cache }: Candidate, idleFor: number): Promise<Sample> {
  const program = lab.start(name, { cache })
  const answered = await program.until('answered')
  const cpu = cpuMillis(program.pid)
  const ready = await program.until('ready')
  await pause(idleFor)
  const idle = idleFor > 0 ? memoryOf(program.pid) : undefined
  await lab.end(program)
  return { answered, cpu, ready, idle }
}

function startRow({ text, goal }: Candidate, samples: readonly Sample[], floor: number): readonly (string | number)[] {
  const of = (read: (sample: Sample) => number): number => median(samples.map(read))
  const answered = of(sample => sample.answered)
  return [
    text,
    smallest(samples.map(sample => sample.answered)),
    answered,
    answered / floor,
    of(sample => sample.cpu),
    of(sample => sample.ready),
    goal === undefined ? '' : verdict(answered, goal.millis),
  ]
}

function memoryRow({ text, goal }: Candidate, samples: readonly Sample[]): readonly (string | number)[] {
  const idle = samples.map(sample => sample.idle).filter(memory => memory !== undefined)
  const resident = median(idle.map(memory => memory.resident))
  return [
    text,
    resident,
    median(idle.map(memory => memory.anonymous)),
    median(idle.map(memory => memory.peak)),
    goal === undefined ? '' : verdict(resident, goal.megabytes),
  ]
}

interface Extent {
  readonly rounds: number
  /** In how many of them the memory is looked at, too. */
  readonly idleRounds: number
  readonly idleFor: number
}

/** In turns, so that what else the machine does hits all of them alike. */
async function startAll(lab: Lab, { rounds, idleRounds, idleFor }: Extent): Promise<readonly (readonly Sample[])[]> {
  const samples = CANDIDATES.map((): Sample[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, candidate] of CANDIDATES.entries()) {
      samples[at]?.push(await startOnce(lab, candidate, round < idleRounds ? idleFor : 0))
    }
  }
  return samples
}

/** From spawning a program to the first answer on its socket, and its memory when it has been idle for a while. */
export const start: Part = async ({ lab, short }) => {
  const extent = short ? { rounds: 3, idleRounds: 1, idleFor: 500 } : { rounds: 11, idleRounds: 5, idleFor: 5000 }
  for (const { name, cache } of CANDIDATES) if (cache) await lab.prime(name)
  const samples = await startAll(lab, extent)
  const floor = median((samples[0] ?? []).map(sample => sample.answered))
  console.log(WHAT)
  printTable(
    `Start: spawn to the first answer of Probe, ${extent.rounds} starts, milliseconds`,
    ['program', 'least', 'median', 'x floor', 'CPU', 'ready', 'goal (median)'],
    CANDIDATES.map((candidate, at) => startRow(candidate, samples[at] ?? [], floor)),
  )
  printTable(
    `Memory when idle for ${extent.idleFor / 1000} s, median of ${extent.idleRounds}, MB`,
    ['program', 'RSS', 'anonymous', 'peak', 'goal (RSS)'],
    CANDIDATES.map((candidate, at) => memoryRow(candidate, samples[at] ?? [])),
  )
}
