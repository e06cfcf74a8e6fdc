import { fieldAt, isObject, sameJson, textAt } from './json.ts'
import type { KubeObject } from './kube-object.ts'
import { nameErrors, qualifiedNameErrors } from './names.ts'
import type { FieldError } from './status.ts'

/** The rules of pkg/apis/core/validation/events.go for Events in their stored (core/v1) form. */

const LONGEST = 128
const LONGEST_MESSAGE = 1024
const UNSET_AT_CREATION = ['firstTimestamp', 'lastTimestamp', 'count'] as const
const IMMUTABLE = (
  'involvedObject reason message source firstTimestamp lastTimestamp count type eventTime action related' +
  ' reportingComponent reportingInstance'
).split(' ')

const required = (field: string): FieldError => ({ type: 'FieldValueRequired', field, detail: '' })
const wrong = (field: string, detail: string, value: unknown = ''): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  detail,
  value,
})

function namespaceErrors(event: KubeObject): readonly FieldError[] {
  const own = event.metadata.namespace ?? ''
  const regarding = textAt(event, 'involvedObject.namespace')
  const clusterWide = event['eventTime'] === undefined ? ['default'] : ['default', 'kube-system']
  const agrees = regarding === '' ? clusterWide.includes(own) : own === regarding || event['eventTime'] !== undefined
  return agrees ? [] : [wrong('involvedObject.namespace', 'does not match event.namespace', regarding)]
}

function textErrors(event: KubeObject, field: string, longest = LONGEST): readonly FieldError[] {
  const text = textAt(event, field)
  if (text === '' && field !== 'message') return [required(field)]
  return text.length > longest ? [wrong(field, `can have at most ${longest} characters`)] : []
}

function newStyleErrors(event: KubeObject, controllerField: string): readonly FieldError[] {
  const controller = textAt(event, 'reportingComponent')
  return [
    ...(controller === '' ? [required(controllerField)] : []),
    ...qualifiedNameErrors(controller, controllerField),
    ...textErrors(event, 'reportingInstance'),
    ...textErrors(event, 'action'),
    ...textErrors(event, 'reason'),
    ...textErrors(event, 'message', LONGEST_MESSAGE),
  ]
}

function commonErrors(event: KubeObject, controllerField: string): readonly FieldError[] {
  return [
    ...namespaceErrors(event),
    ...(event['eventTime'] === undefined ? [] : newStyleErrors(event, controllerField)),
    ...nameErrors('subdomain', event.metadata.namespace ?? '', 'namespace'),
  ]
}

function seriesErrors(event: KubeObject): readonly FieldError[] {
  if (!isObject(event['series'])) return []
  const count = fieldAt(event, 'series.count')
  return [
    ...(typeof count === 'number' && count >= 2 ? [] : [wrong('series.count', 'should be at least 2')]),
    ...(textAt(event, 'series.lastObservedTime') === '' ? [required('series.lastObservedTime')] : []),
  ]
}

/** What refuses an Event that comes by core/v1: the older, lenient rules. */
export function coreEventErrors(event: KubeObject): readonly FieldError[] {
  return commonErrors(event, 'reportingComponent')
}

/** What refuses a new Event that comes by events.k8s.io/v1. */
export function newEventErrors(event: KubeObject): readonly FieldError[] {
  const type = textAt(event, 'type')
  const hasSource = textAt(event, 'source.component') !== '' || textAt(event, 'source.host') !== ''
  return [
    ...commonErrors(event, 'reportingController'),
    ...seriesErrors(event),
    ...(event['eventTime'] === undefined ? [required('eventTime')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [wrong('type', `has invalid value: ${type}`)]),
    ...UNSET_AT_CREATION.filter(field => Boolean(event[field])).map(field => wrong(field, 'needs to be unset')),
    ...(hasSource ? [wrong('source', 'needs to be unset')] : []),
  ]
}

/** What refuses a change of an Event by events.k8s.io/v1: only metadata and the series may change. */
export function changedEventErrors(event: KubeObject, previous: KubeObject): readonly FieldError[] {
  const changed = IMMUTABLE.filter(field => !sameJson(event[field], previous[field]))
  return [
    ...commonErrors(event, 'reportingController'),
    ...(sameJson(event['series'], previous['series']) ? [] : seriesErrors(event)),
    ...changed.map(field => wrong(field, 'field is immutable', event[field])),
  ]
}
