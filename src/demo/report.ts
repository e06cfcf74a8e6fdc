/** Where a program writes; `process.stdout` fits. */
export interface Output {
  write(text: string): unknown
}

const WIDTH = 96

/** What the demonstration says: a line for each step, with the time since its start and how long the step took. */
export class Report {
  readonly #out: Output
  readonly #stop: AbortSignal
  readonly #began = performance.now()

  /** `stop`: nobody wants to hear any more, so what fails from then on is no failure. */
  constructor(out: Output, stop: AbortSignal) {
    this.#out = out
    this.#stop = stop
  }

  /** Seconds since the start. */
  get elapsed(): number {
    return (performance.now() - this.#began) / 1000
  }

  /** A heading. */
  chapter(title: string): void {
    this.#out.write(`\n${title}\n`)
  }

  /** Does the work and says so, in a sentence that may use what the work came to; or that it failed. */
  async step<T>(text: string | ((result: T) => string), work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      const result = await work()
      this.#line(typeof text === 'string' ? text : text(result), began)
      return result
    } catch (error) {
      const what = typeof text === 'string' ? text : 'the next step'
      if (!this.#stop.aborted) this.#out.write(`${this.#time()}  FAILED: ${what}\n`)
      throw error
    }
  }

  /** A step that took no time of its own. */
  note(text: string): void {
    this.#out.write(`${this.#time()}  ${text}\n`)
  }

  /** Lines as they are. */
  block(lines: readonly string[]): void {
    for (const line of lines) this.#out.write(`  ${line}\n`)
  }

  #line(text: string, began: number): void {
    const took = `${Math.round(performance.now() - began)} ms`
    this.#out.write(`${this.#time()}  ${text.padEnd(WIDTH)} ${took.padStart(9)}\n`)
  }

  #time(): string {
    return `${this.elapsed.toFixed(1).padStart(6)} s`
  }
}
