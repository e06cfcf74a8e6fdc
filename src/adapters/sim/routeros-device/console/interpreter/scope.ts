import type { Value } from '../language/value.ts'

/** Variables of a block, on top of those around it. */
export class Scope {
  readonly #around: Scope | undefined
  readonly #values = new Map<string, Value>()

  constructor(around?: Scope) {
    this.#around = around
  }

  /** A variable that was never declared is nothing. */
  get(name: string): Value {
    return this.#values.get(name) ?? this.#around?.get(name) ?? null
  }

  /** Declares a variable here. */
  declare(name: string, value: Value): void {
    this.#values.set(name, value)
  }

  /** Declares a variable for the whole script. */
  declareGlobally(name: string, value: Value): void {
    if (this.#around === undefined) this.declare(name, value)
    else this.#around.declareGlobally(name, value)
  }

  /** Changes a variable where it was declared; `false` when it was not. */
  change(name: string, value: Value): boolean {
    if (!this.#values.has(name)) return this.#around?.change(name, value) ?? false
    this.#values.set(name, value)
    return true
  }
}
