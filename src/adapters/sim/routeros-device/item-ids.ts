import type { DeviceSwitches } from './switches.ts'

/** Hands out the `.id` numbers of one menu; whether a number comes back after its item is gone is a switch. */
export class ItemIds {
  readonly #switches: () => DeviceSwitches
  #next: number
  #released: number[] = []

  constructor(switches: () => DeviceSwitches, first: number) {
    this.#switches = switches
    this.#next = first
  }

  /** A number that no item has now. */
  take(): number {
    return this.#released.shift() ?? this.#next++
  }

  /** The lowest number that was never handed out. */
  get next(): number {
    return this.#next
  }

  /** Hands out no number below this one from now on. */
  startFrom(next: number): void {
    this.#next = Math.max(this.#next, next)
    this.#released = []
  }

  /** Tells that the item with this number is gone. */
  release(id: number): void {
    if (this.#switches().idStability === 'reused') this.#released.push(id)
  }
}

/** An id as the API writes it: `*2B` in most menus, `**2B` in `/file`. */
export function writeId(id: number, prefix: '*' | '**'): string {
  return `${prefix}${id.toString(16).toUpperCase()}`
}

/** The number of an id; `undefined` for a text that is none. */
export function readId(text: string, prefix: '*' | '**'): number | undefined {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : ''
  return /^[0-9A-Fa-f]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
}
