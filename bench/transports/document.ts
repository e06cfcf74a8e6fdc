import { type Way, WAYS } from '../lab/ways.ts'
import type { ListingRecord, Measured, TaskTook } from './record.ts'

/** How the ways are called in the tables. */
const HEADS: Readonly<Record<Way, string>> = {
  api: '`api`',
  'api, own client': '`api` with `--rds-api-client=own`',
  rest: '`rest`',
  ssh: '`ssh`',
}
const OTHERS = WAYS.filter(way => way !== 'api')

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')

const whole = (millis: number): string => String(Math.round(millis))
const ratio = (one: number, other: number): string => (one / other).toFixed(2)

function taskRow({ task, latency, atOnce, device, worked, took }: TaskTook): readonly string[] {
  const { api } = took
  if (api === null) throw new Error(`${task} was not measured on api`)
  const others = OTHERS.map(way => {
    const other = took[way]
    return other === null ? 'too long' : `${ratio(other, api)} x`
  })
  const overDevice = device === 0 ? '' : `${ratio(api, worked)} x`
  return [task, `${latency} ms`, String(atOnce), whole(api), overDevice, ...others]
}

const listingRow = ({ volumes, bare, wall, cpu }: ListingRecord): readonly string[] => [
  volumes.toLocaleString('en'),
  whole(bare),
  ...WAYS.map(way => `${whole(wall[way])} (${whole(cpu[way])})`),
]

/** The text of docs/reference/transports.md. */
export const transportsDocument = ({ machine, commands, tasks, listings }: Measured): string =>
  `# Transports, measured

What \`--rds-transport\` costs, on the simulated appliance. Measured by \`make bench ARGS="transports --record"\`, which writes this page: change nothing here by hand.
How to set them up and what each of them can do: [configuration.md](configuration.md#which-transport).

Take \`api\`. It is the only one on which the appliance works at many commands at once. With one volume at a time all of them take as long as the appliance does. As soon
as several volumes are at work, \`rest\` waits for one command after the other, and \`ssh\` sends four at a time.

Measured on ${machine}. The times are as good as that machine was idle; the ratios are of things measured in turns.

## Commands of each call

The same over every transport. A call sends them one after the other, so it takes the appliance as long as all of them together.

${table(
  ['call', 'commands', 'which'],
  Object.entries(commands).map(([call, paths]) => {
    const all = paths === '' ? [] : paths.split(' ')
    return [call, all.length, all.map(path => `\`${path}\``).join(' ')]
  }),
)}

\`find\` is a volume that the driver does not know yet; \`get\` is one that it knows, and asks nothing.

## Times

Until the last of so many at once was done. \`latency\` is what the appliance takes for each command. \`life\` is create, publish, unpublish and delete. \`over device\` is the
time over what the commands of one volume took the simulated appliance by its own account. The other columns are multiples of \`api\`; \`too long\` is more than the 10 seconds that sidecars wait for a call.

${table(
  ['task', 'latency', 'at once', '`api`, ms', 'over device', ...OTHERS.map(way => HEADS[way])],
  Object.values(tasks).map(taskRow),
)}

## Listings

ListVolumes over all volumes, in milliseconds; in brackets the processor time of the controller in it. \`alone\` is the same reply of the simulated appliance, read by somebody
who makes nothing of it.

${table(['volumes', 'alone', ...WAYS.map(way => HEADS[way])], Object.values(listings).map(listingRow))}
`
