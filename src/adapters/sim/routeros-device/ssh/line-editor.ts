/** Whom a line editor talks to. */
export interface LineEditorEnds {
  /** Shows what was typed. */
  echo(text: string): void
  /** Ctrl-C was typed while no line was asked for. */
  interrupt(): void
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
/** What cursor keys and the like send. */
const ESCAPE_SEQUENCE = new RegExp(String.raw`\u001B(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|.)`, 'gs')

/**
 * Makes lines of what is typed: backspace takes a character back, Ctrl-C the whole line, Ctrl-D on an empty line ends.
 * What is typed ahead waits, unseen, until the next line is asked for.
 */
export class LineEditor {
  readonly #ends: LineEditorEnds
  #typed = ''
  #line = ''
  #ended = false
  #afterReturn = false
  #wanted: ((line: string | undefined) => void) | undefined

  constructor(ends: LineEditorEnds) {
    this.#ends = ends
  }

  /** The next whole line; `undefined` when no more come. */
  nextLine(): Promise<string | undefined> {
    return new Promise(resolve => {
      this.#wanted = resolve
      this.#work()
    })
  }

  /** Takes characters as they come; cursor keys and the like do nothing. */
  push(text: string): void {
    this.#typed += text.replaceAll(ESCAPE_SEQUENCE, '')
    if (this.#wanted === undefined && this.#typed.includes(CTRL_C)) {
      this.#typed = this.#typed.slice(this.#typed.lastIndexOf(CTRL_C) + 1)
      this.#ends.interrupt()
    }
    this.#work()
  }

  /** No more characters come; an unfinished line is a line. */
  end(): void {
    this.#ended = true
    this.#work()
  }

  #work(): void {
    while (this.#wanted !== undefined && this.#typed !== '') {
      const [character = ''] = this.#typed
      this.#typed = this.#typed.slice(character.length)
      this.#take(character)
    }
    if (this.#ended && this.#wanted !== undefined) this.#deliver(this.#line === '' ? undefined : this.#line)
  }

  #take(character: string): void {
    const isSecondHalf = character === '\n' && this.#afterReturn
    this.#afterReturn = character === '\r'
    if (isSecondHalf) return
    if (character === '\r' || character === '\n') this.#finish(this.#line)
    else if (character === CTRL_C) this.#finish('')
    else if (character === CTRL_D) this.#leave()
    else if (character === '\b' || character === '\u007F') this.#erase()
    else if (character >= ' ') {
      this.#line += character
      this.#ends.echo(character)
    }
  }

  #finish(line: string): void {
    this.#ends.echo('\r\n')
    this.#deliver(line)
  }

  #leave(): void {
    if (this.#line !== '') return
    this.#ended = true
    this.#typed = ''
  }

  #erase(): void {
    if (this.#line === '') return
    this.#line = Array.from(this.#line).slice(0, -1).join('')
    this.#ends.echo('\b \b')
  }

  #deliver(line: string | undefined): void {
    const wanted = this.#wanted
    this.#wanted = undefined
    this.#line = ''
    wanted?.(line)
  }
}
