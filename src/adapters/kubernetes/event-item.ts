import type { Instant, Millis, VolumeId } from '../../domain/ids.ts'
import { microTime } from './kube-objects.ts'
import type { EventText } from './event-texts.ts'
import type { Claim } from './volume-entry.ts'

/** A name by which an event can be posted only once, even by another process. */
export interface OnceName {
  /** Undefined as long as what it is made from is not known. */
  readonly find: () => string | undefined
  /** Serves where it never becomes known. */
  readonly fallback: string
}

/** One event on its way to the API server. */
export interface EventItem {
  readonly text: EventText
  readonly volume: VolumeId
  readonly claim: Claim
  readonly at: Instant
  /** Of a migration: never slowed down and never repeated. Undefined for others. */
  readonly once: OnceName | undefined
  /** How often it happened, by now. */
  count: number
  /** When it happened last. */
  last: Instant
  attempts: number
  /** How often its name was looked for in vain. */
  looks: number
  /** Not to be tried before this moment of the monotonic clock. */
  notBefore: Millis
}

/** Who says it. */
export interface Reporter {
  readonly driverName: string
  /** Name of this replica. */
  readonly identity: string
}

/** An item that is new. */
export const untried = { attempts: 0, looks: 0, notBefore: 0 } as const

const LONGEST_NOTE = 1024
const LONGEST_INSTANCE = 128

/** The same happening again on the same claim is one series. */
export const seriesKey = ({ claim, text }: EventItem): string => `${claim.uid} ${text.reason} ${text.note}`

/** The object for events.k8s.io/v1. */
export function eventObject({ text, claim, at, count, last }: EventItem, name: string, reporter: Reporter) {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: claim.namespace },
    eventTime: microTime(at),
    reportingController: reporter.driverName,
    reportingInstance: reporter.identity.slice(0, LONGEST_INSTANCE),
    action: text.action,
    type: text.type,
    reason: text.reason,
    note: text.note.slice(0, LONGEST_NOTE),
    regarding: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', ...claim },
    ...(count > 1 ? seriesOf(count, last) : {}),
  }
}

export const seriesOf = (count: number, last: Instant) => ({ series: { count, lastObservedTime: microTime(last) } })
