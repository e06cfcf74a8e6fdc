import { setTimeout as delay } from 'node:timers/promises'
import { argumentTable, isSet, parseArguments, REFERENCES } from '../arguments.ts'
import type { MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import type { Row } from '../query.ts'
import { duration, text } from '../value-kinds.ts'
import { setting } from './disk-item.ts'
import { type AnyDisk, referencedDisks } from './disk-reference.ts'

const ARGUMENTS = argumentTable(
  {
    once: text,
    duration,
    interval: duration,
    'as-value': text,
    'freeze-frame-interval': text,
    '.proplist': text,
    proplist: text,
  },
  REFERENCES,
)

/** `/disk/monitor-traffic`: counters and rates, `once` or every second until `duration` has passed or it is cancelled. */
export function monitorCommand(device: DeviceState): MenuCommand {
  return {
    policy: () => device.switches.trafficPolicy,
    args: ARGUMENTS,
    unnamed: ['numbers'],
    run: ({ args }, { signal }) => {
      const values = parseArguments(args, ARGUMENTS, device.traps)
      const items = referencedDisks(device, args)
      const proplist = (values.get('.proplist') ?? values.get('proplist'))?.split(',')
      const rows = (): Row[] => items.map(item => pick(trafficRow(device, item), proplist))
      if (isSet(values, 'once')) return { rows: rows() }
      const wait = Math.max(1, Number(values.get('interval') ?? 1000))
      return {
        stream: monitor(rows, { wait, ends: Number(values.get('duration') ?? Number.POSITIVE_INFINITY), signal }),
      }
    },
  }
}

async function* monitor(
  rows: () => readonly Row[],
  { wait, ends, signal }: { wait: number; ends: number; signal: AbortSignal },
): AsyncGenerator<Row> {
  for (let passed = 0; passed < ends; passed += wait) {
    yield* rows()
    await delay(wait, undefined, { signal, ref: false })
  }
}

function trafficRow(device: DeviceState, item: AnyDisk): Row {
  switch (item.kind) {
    case 'pool':
      return device.traffic.row(device.pool.name)
    case 'file':
      return item.disk.traffic.row(setting(item.disk, 'slot'))
    case 'hardware':
      return new Map([['slot', item.disk.properties.get('slot') ?? '']])
  }
}

function pick(row: Row, names: readonly string[] | undefined): Row {
  return names === undefined ? row : new Map([...row].filter(([name]) => names.includes(name)))
}
