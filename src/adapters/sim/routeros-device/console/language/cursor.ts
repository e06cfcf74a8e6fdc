import { ConsoleError } from '../console-error.ts'

/** A place in the text of a script, with the error that belongs there. */
export class Cursor {
  readonly source: string
  index = 0

  constructor(source: string) {
    this.source = source
  }

  get atEnd(): boolean {
    return this.index >= this.source.length
  }

  /** The character here or further on; empty beyond the end. */
  peek(ahead = 0): string {
    return this.source.charAt(this.index + ahead)
  }

  /** Takes one character. */
  next(): string {
    const character = this.peek()
    this.index += 1
    return character
  }

  /** Takes this text if it stands here. */
  takes(text: string): boolean {
    if (!this.source.startsWith(text, this.index)) return false
    this.index += text.length
    return true
  }

  /** Takes what the expression matches here, which must have the flag `y`; `undefined` where it does not match. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.index
    const match = expression.exec(this.source)?.[0]
    if (match !== undefined) this.index += match.length
    return match
  }

  /** Skips blanks and escaped line ends. */
  skipBlanks(): void {
    this.take(/(?:[ \t]|\\\r?\n)*/y)
  }

  /** The error with its place, as the console writes it; both count from 1. */
  error(message: string, at: number = this.index): ConsoleError {
    const before = this.source.slice(0, at).split('\n')
    return new ConsoleError(`${message} (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`)
  }
}
