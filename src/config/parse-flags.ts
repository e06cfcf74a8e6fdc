import type { Flag, FlagTable, Values } from './flags.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Parsed<Table extends FlagTable> {
  readonly values: Values<Table>
  /** One line each; empty if everything is right. */
  readonly mistakes: readonly string[]
  /** Flags that were given and could not be read; a mistake tells why. */
  readonly refused: readonly string[]
}

/** `RDS_CSI_RDS_ADDRESS` for `rds-address`. */
export const environmentName = (flag: string): string => `RDS_CSI_${flag.toUpperCase().replaceAll('-', '_')}`

/** Reads every flag from the arguments, or else from the environment, or else its default, and collects all mistakes. */
export function parseFlags<Table extends FlagTable>(
  table: Table,
  args: readonly string[],
  env: Environment,
): Parsed<Table> {
  const { given, mistakes } = split(table, args)
  const values: Record<string, unknown> = {}
  const refused: string[] = []
  for (const [name, flag] of Object.entries(table)) {
    const source = sourceOf(name, flag, given, env)
    if (source === undefined) {
      if (flag.required) mistakes.push(`--${name}=${flag.value} is missing: ${flag.help}`)
      continue
    }
    try {
      values[name] = flag.read(source.text)
    } catch (error) {
      refused.push(name)
      mistakes.push(`${source.name}=${source.text} ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { values: values as Values<Table>, mistakes, refused }
}

function split(table: FlagTable, args: readonly string[]) {
  const given = new Map<string, string>()
  const mistakes: string[] = []
  for (const arg of args) {
    const [, name = '', written] = /^--([a-z][a-z0-9-]*)(?:=([\s\S]*))?$/.exec(arg) ?? []
    const flag = table[name]
    const value = written ?? flag?.alone
    if (name === '') mistakes.push(`${JSON.stringify(arg)} is no flag; flags are --name=value`)
    else if (flag === undefined) mistakes.push(`--${name} is unknown here; --help lists what is known`)
    else if (given.has(name)) mistakes.push(`--${name} is given twice`)
    else if (value === undefined) mistakes.push(`--${name} needs a value: --${name}=${flag.value}`)
    else given.set(name, value)
  }
  return { given, mistakes }
}

function sourceOf(name: string, flag: Flag<unknown>, given: ReadonlyMap<string, string>, env: Environment) {
  const argument = given.get(name)
  if (argument !== undefined) return { name: `--${name}`, text: argument }
  const variable = env[environmentName(name)]
  if (variable !== undefined && variable !== '') return { name: environmentName(name), text: variable }
  return flag.byDefault === undefined ? undefined : { name: `--${name}`, text: flag.byDefault }
}

/** The flags as `--help` shows them. */
export function describeFlags(table: FlagTable): string {
  const rows = Object.entries(table).map(([name, flag]) => {
    const standing = flag.required ? ' (required)' : flag.byDefault === undefined ? '' : ` (default ${flag.byDefault})`
    return [`  --${name}=${flag.value}`, `${flag.help}${standing}`] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => left.padEnd(width) + right).join('\n')
}
