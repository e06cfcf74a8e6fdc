import type { DeviceCommand } from '../transport.ts'
import { quoted } from './console-text.ts'

/** What the device prints on the console for a command. */
export type Output =
  /** Rows as JSON. */
  | 'rows'
  /** Nothing, unless it refuses. */
  | 'nothing'
  /** A line now and then that tells how far it is. */
  | 'progress'

/** Commands that print what they found. */
const READS = /\/(print|getall|monitor|monitor-traffic|nvme-discover)$/
/** Arguments that are a word of their own. */
const FLAGS = new Set(['once', 'count-only', 'stats', 'stats-detail', 'show-ids', 'show-sensitive', 'without-paging'])
/** Arguments that name another item. */
const ITEMS = new Set(['numbers', 'place-before', 'destination'])
const ID = /^\*+[0-9A-Fa-f]+$/
/** The property by which a menu's items are named. Items of other menus are addressed by their id. */
const NAMES: Readonly<Record<string, string>> = { '/disk': 'slot', '/file': 'name' }

export function outputOf({ path, progress }: DeviceCommand): Output {
  if (READS.test(path)) return 'rows'
  return progress === undefined ? 'nothing' : 'progress'
}

/**
 * A command as one line of the console. Every value is quoted, so that nothing in it can be anything else; paths and names
 * of properties are plain words, which `requirePlain` makes sure of.
 */
export function consoleLine(command: DeviceCommand): string {
  const { '.id': item, ...args } = command.args ?? {}
  const { before, word } = item === undefined ? { before: '', word: '' } : target(command.path, item)
  const words = [command.path, word, ...argumentsOf(args)]
  if (outputOf(command) !== 'rows') return before + words.filter(Boolean).join(' ')
  const read = [...words, ...whatIsAsked(command)].filter(Boolean).join(' ')
  // Without the option texts that look like numbers come as rounded ones.
  return `${before}:put [:serialize to=json options=json.no-string-conversion [${read}]]`
}

/**
 * How a command addresses its item. A name that no item has would be passed over without a word, as `[find]` is where it
 * finds nothing, so that is an error of ours; and a name is never used as it is, since it could be a list, or a number.
 */
function target(path: string, item: string): { readonly before: string; readonly word: string } {
  const menu = path.slice(0, path.lastIndexOf('/'))
  const name = NAMES[menu]
  if (ID.test(item)) return { before: '', word: item }
  if (name === undefined) return { before: '', word: quoted(item) }
  const find = `:local item [${menu}/find ${name}=${quoted(item)}]`
  const check = ':if ([:len $item] = 0) do={:error "no such item"}'
  return { before: `${find}; ${check}; `, word: '$item' }
}

const argumentsOf = (args: Readonly<Record<string, string>>): string[] =>
  Object.entries(args).map(([name, value]) => {
    if (value === '' && FLAGS.has(name)) return name
    return `${name}=${ITEMS.has(name) && ID.test(value) ? value : quoted(value)}`
  })

function whatIsAsked({ path, properties, anyOf = [] }: DeviceCommand): string[] {
  const isPrint = /\/(print|getall)$/.test(path)
  const words = isPrint ? ['detail'] : []
  if (properties !== undefined) words.push(`proplist=${properties.join(',')}`)
  words.push('as-value')
  if (anyOf.length > 0) words.push('where', anyOf.map(condition).join(' || '))
  return words
}

const condition = ([name, value]: readonly [string, string]): string =>
  `${name}=${ID.test(value) ? value : quoted(value)}`
