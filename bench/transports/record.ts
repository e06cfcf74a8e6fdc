import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Way } from '../lab/ways.ts'
import { transportsDocument } from './document.ts'

type OfEach<T> = Readonly<Record<Way, T>>

/** How long a task took, in milliseconds. */
export interface TaskTook {
  readonly task: string
  /** Of each command, in milliseconds. */
  readonly latency: number
  readonly atOnce: number
  /** What the device needs for it, however it is asked: its commands one after the other, of all volumes at once. */
  readonly device: number
  /** What the commands of one volume took the simulated device by its own account, asked over `api`. */
  readonly worked: number
  /** Null where it would take longer than sidecars wait for a call. */
  readonly took: OfEach<number | null>
}

export interface ListingRecord {
  readonly volumes: number
  /** The same reply with nobody making anything of it. */
  readonly bare: number
  readonly wall: OfEach<number>
  /** Processor time of the controller. */
  readonly cpu: OfEach<number>
}

/** What docs/reference/transports.md tells. */
export interface Measured {
  readonly machine: string
  /** Commands that each call sends, in their order; the same over every transport. */
  readonly commands: Readonly<Record<string, string>>
  readonly tasks: Readonly<Record<string, TaskTook>>
  readonly listings: Readonly<Record<string, ListingRecord>>
}

const root = resolve(import.meta.dirname, '../..')
const RECORD = join(root, 'bench/transports/measured.json')
const DOCUMENT = join(root, 'docs/reference/transports.md')

/** What was measured when the document was written. */
export const recorded = (): Measured => JSON.parse(readFileSync(RECORD, 'utf8')) as Measured

/** Keeps what was measured, and writes the document. */
export function record(measured: Measured): void {
  writeFileSync(RECORD, `${JSON.stringify(measured, undefined, 2)}\n`)
  writeFileSync(DOCUMENT, transportsDocument(measured))
}
