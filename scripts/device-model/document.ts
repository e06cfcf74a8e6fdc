import { BEHAVIOURS, type Behaviour, CONFIDENCE, SOURCES } from '../../src/adapters/sim/routeros-device/behaviours.ts'
import { DEFAULT_SWITCHES } from '../../src/adapters/sim/routeros-device/switches.ts'

const HEAD = `# What the simulated appliance does

Made from \`src/adapters/sim/routeros-device/behaviours.ts\` by \`node scripts/generate-device-model.ts\`; do not edit it here.

\`rds-csi simulate-device\` behaves like this. Every line says where it is known from, and how sure that is. Where there is a switch, the text says
what the device does by default; tests drive the whole driver both ways. What each switch means for you: [hardware-unknowns.md](../hardware-unknowns.md).
`

const code = (text: string): string => `\`${text}\``

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A switch with how it stands. */
function switchCell({ switch: name }: Behaviour): string {
  return name === undefined ? '' : code(`${name}=${String(DEFAULT_SWITCHES[name])}`)
}

function row(behaviour: Behaviour): readonly string[] {
  const { commands, text, confidence, sources } = behaviour
  const told = sources.length === 0 ? 'nobody' : sources.join(', ')
  return [commands.map(code).join(' '), text.replaceAll('|', String.raw`\|`), confidence, told, switchCell(behaviour)]
}

function section(area: string): string {
  const rows = BEHAVIOURS.filter(behaviour => behaviour.area === area).map(row)
  const sorted = rows.toSorted((one, other) => byText(one.join(' '), other.join(' ')))
  const title = area.startsWith('/') ? code(area) : `${area.charAt(0).toUpperCase()}${area.slice(1)}`
  return `## ${title}\n\n${table(['commands', 'behaviour', 'sure', 'source', 'switch'], sorted)}\n`
}

/** The whole document; one text for one state of the code. */
export function deviceModel(): string {
  const areas = [...new Set(BEHAVIOURS.map(({ area }) => area))].toSorted(byText)
  const confidence = table(['sure', 'means'], Object.entries(CONFIDENCE))
  const sources = table(
    ['source', 'is'],
    Object.entries(SOURCES).toSorted(([one], [other]) => byText(one, other)),
  )
  const parts = [HEAD, `## How sure\n\n${confidence}\n`, `## Sources\n\n${sources}\n`, ...areas.map(section)]
  return parts.join('\n')
}
