import type { KubeClient } from './kube-client.ts'
import { alignColumns } from './columns.ts'

/** An event as the core API shows it, which is what kubectl reads. */
export interface ClaimEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly eventTime: string | null
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
  readonly reportingComponent?: string
  readonly source?: { readonly component?: string }
}

interface Claim {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** The events on a claim by the same question that `kubectl describe pvc` asks, oldest first. */
export async function eventsOn(cluster: KubeClient, { namespace, name, uid }: Claim): Promise<readonly ClaimEvent[]> {
  const fields = { name, namespace, uid, kind: 'PersistentVolumeClaim' }
  const fieldSelector = Object.entries(fields).map(([field, value]) => `involvedObject.${field}=${value}`)
  const path = `/api/v1/namespaces/${namespace}/events`
  const events = await cluster.list<ClaimEvent>(path, { fieldSelector: fieldSelector.join(',') })
  return events.toSorted((a, b) => happened(a) - happened(b))
}

/** How often it happened. */
export const countOf = ({ series }: ClaimEvent): number => series?.count ?? 1

/** The part `Events:` of what `kubectl describe pvc` prints. */
export function describeEvents(events: readonly ClaimEvent[], now: number): readonly string[] {
  const rows = events.map(event => [event.type, event.reason, ageOf(event, now), from(event), event.message])
  const head = ['Type', 'Reason', 'Age', 'From', 'Message']
  return alignColumns([head, head.map(title => '-'.repeat(title.length)), ...rows])
}

const happened = ({ eventTime }: ClaimEvent): number => Date.parse(eventTime ?? '')
const from = ({ source, reportingComponent = '' }: ClaimEvent): string => source?.component ?? reportingComponent

function ageOf(event: ClaimEvent, now: number): string {
  const first = since(happened(event), now)
  const { series } = event
  return series === undefined
    ? first
    : `${since(Date.parse(series.lastObservedTime), now)} (x${series.count} over ${first})`
}

const since = (then: number, now: number): string => `${Math.max(0, Math.floor((now - then) / 1000))}s`
