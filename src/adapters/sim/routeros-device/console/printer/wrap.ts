/** One `name=value` of an item; `value` as it is written. */
export interface Field {
  readonly name: string
  readonly value: string
  /** Nothing else stands on its line. */
  readonly alone?: boolean
}

/** Where the fields of an item are laid out. */
export interface Frame {
  /** What stands before the first field, with the blank between. */
  readonly prefix: string
  /** How far the other lines are indented. */
  readonly indent: number
  /** How many characters a line may have. */
  readonly limit: number
}

/**
 * The fields with single blanks in between, as many to a line as fit. A field is broken only when a line of its own is
 * too short for it; the rest of its value then stands under the beginning of the value (captured).
 */
export function wrapFields(fields: readonly Field[], frame: Frame): string[] {
  const lines = new FieldLines(frame)
  let last: Field | undefined
  for (const field of fields) {
    if (field.alone === true || last?.alone === true) lines.end()
    lines.add(field)
    last = field
  }
  return lines.all()
}

class FieldLines {
  readonly #frame: Frame
  readonly #lines: string[] = []
  #line: string
  #isEmpty = true

  constructor(frame: Frame) {
    this.#frame = frame
    this.#line = frame.prefix
  }

  /** Puts a field behind the last one, or on a new line where it does not fit. */
  add(field: Field): void {
    const text = `${field.name}=${field.value}`
    if (this.#line.length + 1 + text.length > this.#frame.limit) this.end()
    const [first = '', ...more] = breakField(field, text, this.#frame.limit - this.#line.length)
    this.#line += this.#isEmpty ? first : ` ${first}`
    this.#isEmpty = false
    for (const piece of more) {
      this.end()
      this.#line += `${' '.repeat(field.name.length + 1)}${piece}`
      this.#isEmpty = false
    }
  }

  /** Ends the line, unless it has no field yet. */
  end(): void {
    if (this.#isEmpty) return
    this.#lines.push(this.#line)
    this.#line = ' '.repeat(this.#frame.indent)
    this.#isEmpty = true
  }

  all(): string[] {
    return [...this.#lines, this.#line.trimEnd()]
  }
}

/** The field in pieces: the first as long as `room`, the others as what is left of that under the value. */
function breakField({ name }: Field, text: string, room: number): string[] {
  const least = name.length + 2
  if (text.length <= room || room < least) return [text]
  const rest: string[] = []
  const step = room - name.length - 1
  for (let at = room; at < text.length; at += step) rest.push(text.slice(at, at + step))
  return [text.slice(0, room), ...rest]
}

/** Words with single blanks in between, in lines of at most `limit` characters; a longer word has its own line. */
export function wrapWords(text: string, limit: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
