import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** The flags that a program knows: those that take a value, and those that do not. */
export type KnownFlags = Readonly<Record<string, 'text' | 'switch'>>

/** Flags as given. `read` notes a mistake when its `convert` answers with a text, which says what is wrong. */
export class FlagReader {
  readonly mistakes: string[] = []
  readonly #known: KnownFlags
  readonly #values = new Map<string, string[]>()

  constructor(argv: readonly string[], known: KnownFlags) {
    this.#known = known
    const options = Object.fromEntries(
      Object.entries(known).map(([name, kind]) => [
        name,
        { type: kind === 'text' ? ('string' as const) : ('boolean' as const) },
      ]),
    )
    const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
    for (const token of tokens) {
      if (token.kind === 'positional') this.mistakes.push(`${token.value}: not understood; flags begin with --`)
      else if (token.kind === 'option') {
        // `--latency --user=x`: the next flag is no value of the one before it.
        const isFlag = token.inlineValue === false && token.value.startsWith('--')
        this.#take(token.name, isFlag ? undefined : token.value)
      }
    }
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  readAll(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** The value of a flag, the last one when it was given more than once; `undefined` when it is absent or wrong. */
  read<T extends object | number>(name: string, convert: (text: string) => T | string): T | undefined {
    const text = this.readAll(name).at(-1)
    if (text === undefined) return undefined
    const value = convert(text)
    if (typeof value !== 'string') return value
    this.mistakes.push(`--${name}: ${value}`)
    return undefined
  }

  /** The text of a flag that may not be empty. */
  readText(name: string): string | undefined {
    return this.read(name, text => (text === '' ? 'is empty' : { text }))?.text
  }

  /** The text of the file that a flag names. */
  readFile(name: string): string | undefined {
    return this.read(name, textOf)?.text
  }

  #take(name: string, value: string | undefined): void {
    const kind = Object.hasOwn(this.#known, name) ? this.#known[name] : undefined
    if (kind === undefined) this.mistakes.push(`--${name}: unknown; --help lists the flags`)
    else if (value === undefined && kind === 'text') this.mistakes.push(`--${name}: needs a value: --${name}=…`)
    this.#values.set(name, [...this.readAll(name), ...(value === undefined ? [] : [value])])
  }
}

function textOf(file: string): { text: string } | string {
  try {
    return { text: readFileSync(file, 'utf8') }
  } catch (error) {
    return `can't be read: ${error instanceof Error ? error.message : file}`
  }
}
