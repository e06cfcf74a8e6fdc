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

  /** Tells that the item with this number is gone. */
  release(id: number): void {
    if (this.#switches().idStability === 'reused') this.#released.push(id)
  }
}

/** An id as the API writes it: `*2B` in most menus, `**2B` in `/file`. */
export function writeId(id: number, prefix: '*' | '**'): string {
  return `${prefix}${id.toString(16).toUpperCase()}`
}
