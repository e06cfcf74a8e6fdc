import type { DiskTraffic, Hardware } from '../../../ports/backend-health.ts'
import { bytesOf } from '../disk-row.ts'
import type { ReplyRow } from '../transport.ts'
import { bytesPerSecond, millisOf, numberOf } from './units.ts'

/** One row of `/disk/monitor-traffic`. Operations and times are counted since the disk's start. */
export function trafficOf(slot: string, row: ReplyRow): DiskTraffic {
  const count = (name: string): number | undefined => numberOf(row.get(name)?.replaceAll(' ', ''))
  return {
    slot,
    readOpsPerSecond: count('read-ops-per-second'),
    writeOpsPerSecond: count('write-ops-per-second'),
    readBytesPerSecond: bytesPerSecond(row.get('read-rate')),
    writeBytesPerSecond: bytesPerSecond(row.get('write-rate')),
    reads: { count: count('read-ops'), took: millisOf(row.get('read-time')) },
    writes: { count: count('write-ops'), took: millisOf(row.get('write-time')) },
    waited: millisOf(row.get('wait-time')),
    inFlight: count('in-flight-ops'),
    active: millisOf(row.get('active-time')),
  }
}

/** What the menu calls a figure, the likeliest name first: it differs between boards. */
const NAMES = {
  cpu: ['cpu-temperature'],
  board: ['board-temperature1', 'board-temperature', 'temperature'],
  fan: (n: number) => [`fan${n}-speed`],
  power: (n: number) => [`psu${n}-power`, `psu${n}-power-consumption`],
  psu: (n: number) => [`psu${n}-temperature`, `psu${n}-temperature1`],
}

/** The rows of `/system/health` and of the pool's disk; what is not there stays undefined. */
export function hardwareOf(health: readonly ReplyRow[], pool: ReplyRow | undefined): Hardware {
  const figures = figuresOf(health)
  const first = (names: readonly string[]): number | undefined =>
    names.map(name => figures.get(name)).find(figure => figure !== undefined)
  const watts = (n: number): number | undefined => {
    const [volts, amperes] = [figures.get(`psu${n}-voltage`), figures.get(`psu${n}-current`)]
    return first(NAMES.power(n)) ?? (volts === undefined || amperes === undefined ? undefined : volts * amperes)
  }
  const [size, free] = [bytesOf(pool?.get('size') ?? ''), bytesOf(pool?.get('free') ?? '')]
  return {
    cpuTemperature: first(NAMES.cpu),
    boardTemperature: first(NAMES.board),
    fanSpeeds: [first(NAMES.fan(1)), first(NAMES.fan(2))],
    psuPowers: [watts(1), watts(2)],
    psuTemperatures: [first(NAMES.psu(1)), first(NAMES.psu(2))],
    poolSize: size,
    poolUsed: size === undefined || free === undefined ? undefined : size - free,
  }
}

/** Figures by name: one row for each (`name`, `value`), or, the old style, one row with all of them. */
function figuresOf(rows: readonly ReplyRow[]): ReadonlyMap<string, number> {
  const named = rows.filter(row => row.has('name'))
  const pairs =
    named.length > 0
      ? named.map(row => [row.get('name') ?? '', numberOf(row.get('value'))] as const)
      : rows.flatMap(row => Array.from(row, ([name, value]) => [name, oldStyle(name, numberOf(value))] as const))
  return new Map(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}

/** In the old style voltages and temperatures are tenths. */
const oldStyle = (name: string, value: number | undefined): number | undefined =>
  value !== undefined && /temperature|voltage/.test(name) ? value / 10 : value
