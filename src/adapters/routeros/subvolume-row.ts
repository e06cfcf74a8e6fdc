import { type Instant, instant, type Millis } from '../../domain/ids.ts'
import { isTrue } from './disk-row.ts'
import { normalPath } from './device-path.ts'
import type { ReplyRow } from './transport.ts'

/** One subvolume that is there. */
export interface SubvolumeRow {
  /** The device's own number for it, to be used at once: it may be given anew. */
  readonly number: string
  /** Path with the pool's mount point, and a leading slash. */
  readonly path: string
  /** The label of its file system. */
  readonly label: string
  readonly readOnly: boolean
  /** By the device's clock; undefined where it tells none that is understood. */
  readonly createdAt: Instant | undefined
}

export const SUBVOLUME_PROPERTIES = ['.id', 'fs', 'fullname', 'read-only', 'dead', 'creation-time'] as const

const TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/

/**
 * Undefined for one that is dead: it is being removed. `offset` is how far the device's clock is ahead of UTC.
 */
export function subvolumeRow(row: ReplyRow, mountPoint: string, offset: Millis): SubvolumeRow | undefined {
  const text = (name: (typeof SUBVOLUME_PROPERTIES)[number]): string => row.get(name) ?? ''
  const name = normalPath(text('fullname'))
  if (name === undefined || isTrue(text('dead'))) return undefined
  return {
    number: text('.id'),
    path: mountPoint + name,
    label: text('fs'),
    readOnly: isTrue(text('read-only')),
    createdAt: deviceTime(text('creation-time'), offset),
  }
}

/** A time as RouterOS 7 writes it, `2026-11-21 06:23:35` in its own zone. */
export function deviceTime(text: string, offset: Millis): Instant | undefined {
  if (!TIME.test(text)) return undefined
  const local = Date.parse(`${text.replace(' ', 'T')}Z`)
  return Number.isNaN(local) ? undefined : instant(local - offset)
}

const OFFSET = /^([+-])(\d\d):(\d\d)(?::\d\d)?$/

/** How far a clock of this `gmt-offset`, such as `+02:00`, is ahead of UTC; 0 for what is none. */
export function zoneOffset(text: string): Millis {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? []
  if (sign === undefined) return 0
  const span = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -span : span
}
