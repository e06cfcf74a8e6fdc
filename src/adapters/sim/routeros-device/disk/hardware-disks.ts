import { type ItemIds, writeId } from '../item-ids.ts'
import type { Row } from '../query.ts'

/** An item of `/disk` that is no file disk: its properties as they are printed. */
export interface HardwareDisk {
  readonly id: number
  readonly properties: Map<string, string>
  /** Whether it is listed before the pool's item. */
  readonly first: boolean
}

/** Drives and arrays that a device lists besides its pool. Commands read them only; tests put them in and change them. */
export class HardwareDisks {
  readonly #ids: ItemIds
  #disks: HardwareDisk[] = []

  constructor(ids: ItemIds) {
    this.#ids = ids
  }

  /** Adds an item with the given properties, `slot` among them. */
  add(properties: Readonly<Record<string, string>>, place: 'beforePool' | 'afterPool' = 'afterPool'): HardwareDisk {
    const disk = {
      id: this.#ids.take(),
      properties: new Map(Object.entries(properties)),
      first: place === 'beforePool',
    }
    this.#disks.push(disk)
    return disk
  }

  /** The item with this `.id` or slot. */
  find(reference: string): HardwareDisk | undefined {
    return this.#disks.find(
      ({ id, properties }) => properties.get('slot') === reference || writeId(id, '*') === reference,
    )
  }

  /** Rows before the pool's item, or after it. */
  rows(place: 'beforePool' | 'afterPool'): Row[] {
    const listed = this.#disks.filter(({ first }) => first === (place === 'beforePool'))
    return listed.map(({ id, properties }) => new Map([['.id', writeId(id, '*')], ...properties]))
  }

  remember(): readonly HardwareDisk[] {
    return this.#disks
  }

  recall(disks: readonly HardwareDisk[]): void {
    this.#disks = [...disks]
  }
}
