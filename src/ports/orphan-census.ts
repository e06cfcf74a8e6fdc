import type { Holding, Standing } from '../domain/orphans.ts'

/** One kind of holding in one standing. */
export interface OrphanCount {
  readonly kind: Holding['kind']
  readonly standing: Exclude<Standing, 'in-use'>
  readonly count: number
}

/** What the last complete orphan check found, for gauges. Read from memory, at once; undefined before there was one. */
export interface OrphanCensus {
  orphans(): readonly OrphanCount[] | undefined
}
export const OrphanCensus = Symbol.for('OrphanCensus')
