import { type DeviceReply, type ReplyRow, TrapError } from '../transport.ts'

/** Gathers the sentences that answer one command, until its `!done`. */
export class Exchange {
  readonly #rows: ReplyRow[] = []
  readonly #traps: ReplyRow[] = []
  readonly #takeRow: (row: ReplyRow) => void

  /** With `progress` each row goes there as it comes, and the reply has none. */
  constructor(progress?: (row: ReplyRow) => void) {
    this.#takeRow = progress ?? (row => this.#rows.push(row))
  }

  /**
   * The whole reply once it is complete, undefined until then. Throws a `TrapError` where the device refused. Kinds of
   * replies that came after this was written say nothing that is needed; `!empty` of 7.18 was such a one.
   */
  take(words: readonly string[]): DeviceReply | undefined {
    const [kind] = words
    const properties = propertiesOf(words)
    if (kind === '!re') this.#takeRow(properties)
    else if (kind === '!trap') this.#traps.push(properties)
    else if (kind === '!done') return this.#end(properties)
    return undefined
  }

  #end(properties: ReplyRow): DeviceReply {
    const [first] = this.#traps
    if (first === undefined) return { rows: this.#rows, ret: properties.get('ret') }
    const text = this.#traps.map(trap => trap.get('message') ?? 'refused without a reason').join('; ')
    const category = first.get('category')
    throw new TrapError(text, category === undefined ? undefined : Number(category))
  }
}

/** `=name=value` words, past all others; a value may hold `=` itself. */
function propertiesOf(words: readonly string[]): ReplyRow {
  const properties = new Map<string, string>()
  for (const word of words) {
    const at = word.indexOf('=', 1)
    if (word.startsWith('=') && at > 0) properties.set(word.slice(1, at), word.slice(at + 1))
  }
  return properties
}
