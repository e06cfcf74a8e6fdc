import { StringDecoder } from 'node:string_decoder'
import type { ReplyRow } from '../transport.ts'
import { progressOf } from './console-reply.ts'

/** Lines that told no progress and are kept to see how the command ended. */
const KEPT = 20
/** What a device does to a terminal; without one it should not. */
// oxlint-disable-next-line no-control-regex
const TERMINAL = /\x1b\[[0-9;?]*[A-Za-z]/g

/** Takes the output of a command that runs long: rows of progress are handed on, the rest is what it ended with. */
export class ProgressLines {
  readonly #decoder = new StringDecoder('utf8')
  readonly #progress: (row: ReplyRow) => void
  #kept: string[] = []
  #open = ''

  constructor(progress: (row: ReplyRow) => void) {
    this.#progress = progress
  }

  push(chunk: Buffer): void {
    const lines = (this.#open + this.#decoder.write(chunk)).split(/[\r\n]+/)
    this.#open = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
  }

  /** What was printed beside progress, the last lines of it. */
  end(): string {
    this.#take(this.#open)
    this.#open = ''
    return this.#kept.join('\n')
  }

  #take(text: string): void {
    const line = text.replaceAll(TERMINAL, '').trimEnd()
    const row = progressOf(line)
    if (row !== undefined) this.#progress(row)
    else if (line !== '') this.#kept = [...this.#kept, line].slice(-KEPT)
  }
}
