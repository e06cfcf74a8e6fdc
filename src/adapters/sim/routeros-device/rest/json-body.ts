/** A value as the console takes it, or the strings of a list. */
export type BodyValue = string | readonly string[]

/** The body is no JSON that the device reads. */
export class BodyError extends Error {
  constructor() {
    super('Failed to parse json')
    this.name = 'BodyError'
  }
}

const SPACE = /[ \t\r\n]*/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const NUMBER = /-?(?:0[xX][\dA-Fa-f]+|\d+(?:\.\d+)?)(?![\w.])/y
const WORD = /true|false/y

/**
 * The arguments of a request's body, a JSON object; an empty body has none. Numbers may be octal (`010`) or hexadecimal
 * (`0x10`), and may have no exponent (manual, "REST API, JSON format"). Objects within, and null, are refused: what the
 * device does with them is not documented. Throws `BodyError`.
 */
export function parseBody(text: string): ReadonlyMap<string, BodyValue> {
  return text.trim() === '' ? new Map() : new BodyReader(text).read()
}

class BodyReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): ReadonlyMap<string, BodyValue> {
    this.#expect('{')
    const values = new Map<string, BodyValue>()
    this.#items('}', () => {
      const name = this.#string()
      this.#expect(':')
      values.set(name, this.#next() === '[' ? this.#list() : this.#scalar())
    })
    if (this.#next() !== '') throw new BodyError()
    return values
  }

  #list(): readonly string[] {
    this.#expect('[')
    const values: string[] = []
    this.#items(']', () => values.push(this.#scalar()))
    return values
  }

  /** Reads items with commas in between, up to `end`. */
  #items(end: string, read: () => unknown): void {
    if (this.#next() === end) return this.#expect(end)
    read()
    while (this.#next() === ',') {
      this.#expect(',')
      read()
    }
    this.#expect(end)
  }

  #scalar(): string {
    if (this.#next() === '"') return this.#string()
    const word = this.#take(WORD) ?? this.#take(NUMBER)
    if (word === undefined) throw new BodyError()
    return readNumber(word)
  }

  #string(): string {
    this.#next()
    const token = this.#take(STRING)
    try {
      return JSON.parse(token ?? '') as string
    } catch {
      throw new BodyError()
    }
  }

  /** The next character behind white space; `''` at the end. */
  #next(): string {
    this.#take(SPACE)
    return this.#text.charAt(this.#at)
  }

  #expect(character: string): void {
    if (this.#next() !== character) throw new BodyError()
    this.#at += 1
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [token] = pattern.exec(this.#text) ?? []
    if (token !== undefined) this.#at += token.length
    return token
  }
}

/** Octal and hexadecimal numbers as decimal ones; everything else as it is, to the last digit. */
function readNumber(word: string): string {
  const [, sign = '', digits = ''] = /^(-?)(0[\da-fx]+)$/i.exec(word) ?? []
  if (digits === '') return word
  if (/^0x/i.test(digits)) return `${sign}${BigInt(digits)}`
  return /^[0-7]+$/.test(digits) ? `${sign}${BigInt(`0o${digits}`)}` : word
}
