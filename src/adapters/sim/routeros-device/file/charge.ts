/** Space in the pool that is taken once, by however many files share its blocks. */
export interface Charge {
  readonly bytes: number
  holders: number
}

/** Takes space for one file. */
export function newCharge(bytes: number): Charge {
  return { bytes, holders: 1 }
}

/** The same space, held by one more file. */
export function share(charges: readonly Charge[]): Charge[] {
  for (const charge of charges) charge.holders += 1
  return [...charges]
}

/** Lets a file's space go; answers the bytes that nobody holds any more. */
export function release(charges: readonly Charge[]): number {
  let freed = 0
  for (const charge of charges) {
    charge.holders -= 1
    if (charge.holders === 0) freed += charge.bytes
  }
  return freed
}
