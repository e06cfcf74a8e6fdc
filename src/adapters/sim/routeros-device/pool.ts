import type { DeviceSwitches } from './switches.ts'

/** The mounted file system that holds the backing files: sizes are exact bytes. */
export class Pool {
  readonly name: string
  readonly size: number
  /** `.id` number of its `/disk` item. */
  id: number
  comment = ''
  mounted = true
  #taken = 0
  #foreign = 0
  readonly #switches: () => DeviceSwitches

  constructor(options: { name: string; size: number; id: number; switches: () => DeviceSwitches }) {
    this.name = options.name
    this.size = options.size
    this.id = options.id
    this.#switches = options.switches
  }

  /** Bytes that a new file may take. */
  get free(): number {
    return Math.max(0, this.size - this.#taken - this.#foreign)
  }

  /** Takes bytes for a file, or gives them back when negative. Thin files take nothing when made. */
  take(bytes: number): void {
    if (this.#switches().allocation === 'thick') this.#taken = Math.max(0, this.#taken + bytes)
  }

  /** Lets somebody else's data fill the pool until no more than `free` bytes are left; `undefined` takes it away again. */
  fill(free: number | undefined): void {
    this.#foreign = free === undefined ? 0 : Math.max(0, this.size - this.#taken - free)
  }
}
