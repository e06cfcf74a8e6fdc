import type { BlockTraffic } from '../../blocks/block-exports.ts'
import { writeDuration } from '../durations.ts'
import type { Row } from '../query.ts'

/** Rates are those of the last second. */
const WINDOW_MS = 1000

interface Sample {
  readonly at: number
  readonly kind: 'read' | 'write'
  readonly bytes: number
}

interface Counter {
  ops: number
  bytes: number
  /** Milliseconds. */
  time: number
}

const NOTHING: Readonly<Counter> = { ops: 0, bytes: 0, time: 0 }

/** What hosts did with a disk since the device began, or since its counters were reset. */
export class TrafficMeter implements BlockTraffic {
  /** Values to be read instead of those counted, by the names of `properties`: what a real disk knows and this one not. */
  overrides: Readonly<Record<string, string>> = {}
  readonly #now: () => Date
  readonly #total: TrafficMeter | undefined
  #read: Counter = { ...NOTHING }
  #written: Counter = { ...NOTHING }
  #flushed: Counter = { ...NOTHING }
  #recent: Sample[] = []

  /** @param total counts along, as a pool does for the disks on it */
  constructor(now: () => Date, total?: TrafficMeter) {
    this.#now = now
    this.#total = total
  }

  read(bytes: number, took: number): void {
    this.#total?.read(bytes, took)
    this.#count(this.#read, { kind: 'read', bytes, took })
  }

  wrote(bytes: number, took: number): void {
    this.#total?.wrote(bytes, took)
    this.#count(this.#written, { kind: 'write', bytes, took })
  }

  flushed(took: number): void {
    this.#total?.flushed(took)
    this.#flushed.ops += 1
    this.#flushed.time += took
  }

  reset(): void {
    this.#read = { ...NOTHING }
    this.#written = { ...NOTHING }
    this.#flushed = { ...NOTHING }
    this.#recent = []
  }

  /** Properties in the order of the captured `monitor-traffic`; rates in bits per second, times since the counters began. */
  properties(): [string, string][] {
    const one = (kind: 'read' | 'write', { ops, bytes, time }: Counter): [string, string][] => {
      const recent = this.#lastSecond(kind)
      return [
        [`${kind}-ops`, String(ops)],
        [`${kind}-ops-per-second`, String(recent.ops)],
        [`${kind}-bytes`, String(bytes)],
        [`${kind}-rate`, String(recent.bytes * 8)],
        [`${kind}-merges`, '0'],
        [`${kind}-time`, writeDuration(time)],
      ]
    }
    const busy = writeDuration(this.#read.time + this.#written.time + this.#flushed.time)
    return [
      ...one('read', this.#read),
      ...one('write', this.#written),
      ['in-flight-ops', '0'],
      ['active-time', busy],
      ['wait-time', busy],
      ['discard-ops', '0'],
      ['discard-bytes', '0'],
      ['discard-merges', '0'],
      ['discard-time', '0ms'],
      ['flush-ops', String(this.#flushed.ops)],
      ['flush-time', writeDuration(this.#flushed.time)],
    ]
  }

  /** A row of `monitor-traffic`. */
  row(slot: string): Row {
    const properties = this.properties().map(([name, value]): [string, string] => [name, this.overrides[name] ?? value])
    return new Map([['slot', slot], ...properties])
  }

  #count(counter: Counter, { kind, bytes, took }: Omit<Sample, 'at'> & { readonly took: number }): void {
    counter.ops += 1
    counter.bytes += bytes
    counter.time += took
    this.#prune()
    this.#recent.push({ at: this.#now().getTime(), kind, bytes })
  }

  #lastSecond(kind: Sample['kind']): { ops: number; bytes: number } {
    this.#prune()
    const samples = this.#recent.filter(sample => sample.kind === kind)
    return { ops: samples.length, bytes: samples.reduce((sum, sample) => sum + sample.bytes, 0) }
  }

  #prune(): void {
    const oldest = this.#now().getTime() - WINDOW_MS
    const first = this.#recent.findIndex(({ at }) => at > oldest)
    if (first !== 0) this.#recent.splice(0, first < 0 ? this.#recent.length : first)
  }
}
