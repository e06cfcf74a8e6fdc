import { isObject, type JsonObject } from './json.ts'
import type { KubeObject } from './kube-object.ts'

/** Members of an Event by their core/v1 names (the stored form) and their events.k8s.io/v1 names. */
const MEMBERS: readonly (readonly [stored: string, events: string])[] = [
  ['metadata', 'metadata'],
  ['eventTime', 'eventTime'],
  ['series', 'series'],
  ['action', 'action'],
  ['reason', 'reason'],
  ['related', 'related'],
  ['type', 'type'],
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
]

/** What Go writes for members that are not set, where it writes something. */
const CORE_ALWAYS: JsonObject = {
  involvedObject: {},
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
}

const EVENTS_ALWAYS: JsonObject = {
  eventTime: null,
  regarding: {},
  deprecatedSource: {},
  deprecatedFirstTimestamp: null,
  deprecatedLastTimestamp: null,
}

/** True for what Go can't tell from a member that was never set. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || (isObject(value) && Object.keys(value).length === 0)
}

function picked(object: KubeObject, pairs: readonly (readonly [from: string, to: string])[]): JsonObject {
  const members: JsonObject = {}
  for (const [from, to] of pairs) if (!isUnset(object[from])) members[to] = object[from]
  return members
}

const asObject = (members: JsonObject, metadata: KubeObject['metadata']): KubeObject => ({ ...members, metadata })

/** How one API version shows objects that another one stores. */
export interface ObjectForm {
  /** The stored form of an object as a client sent it; members that the form does not know are dropped. */
  toStored(object: KubeObject): KubeObject
  /** The form that this API version answers with. */
  fromStored(stored: KubeObject): KubeObject
}

const FROM_CORE = MEMBERS.map(([stored]) => [stored, stored] as const)
const FROM_EVENTS = MEMBERS.map(([stored, events]) => [events, stored] as const)

/** core/v1 Event: the stored form itself. */
export const coreEventForm: ObjectForm = {
  toStored: object => asObject(picked(object, FROM_CORE), object.metadata),
  fromStored: stored => asObject({ ...CORE_ALWAYS, ...stored }, stored.metadata),
}

/** events.k8s.io/v1 Event, the same object under other member names (pkg/apis/events/v1/conversion.go). */
export const eventsEventForm: ObjectForm = {
  toStored: object => asObject(picked(object, FROM_EVENTS), object.metadata),
  fromStored: stored => asObject({ ...EVENTS_ALWAYS, ...picked(stored, MEMBERS) }, stored.metadata),
}
