import type { ClaimEvent } from './claim-events.ts'

/**
 * The events that are promised to operators, written down here once more and on purpose not taken from the driver: what it
 * posts is compared with this.
 */
export interface ExpectedEvent {
  readonly reason: string
  readonly type: 'Normal' | 'Warning'
  /** Of the whole message. */
  readonly message: RegExp
  /** The message for people, with a sign in place of what only the moment knows. */
  readonly text: string
}

/** A part of a message that only the moment knows. */
interface Varying {
  readonly pattern: string
  readonly text: string
}

const MILLIS: Varying = { pattern: '\\d+', text: '<n>' }

/** Whole seconds as measured, with one to spare either way; the demonstration never takes minutes for one. */
function about(seconds: number): Varying {
  const nearest = Math.round(seconds)
  const allowed = [nearest - 1, nearest, nearest + 1].filter(second => second >= 0)
  return { pattern: `(?:${allowed.join('|')})s`, text: `${nearest}s` }
}

interface Message {
  readonly message: RegExp
  readonly text: string
}

function message(parts: TemplateStringsArray, ...values: readonly (string | Varying)[]): Message {
  const pieces = parts.flatMap((part, at) => [part, values[at] ?? ''])
  const pattern = pieces.map(piece => (typeof piece === 'string' ? literally(piece) : piece.pattern))
  const text = pieces.map(piece => (typeof piece === 'string' ? piece : piece.text))
  return { message: new RegExp(`^${pattern.join('')}$`), text: text.join('') }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

export interface Move {
  readonly source: string
  readonly target: string
}

export const attached = (id: string, node: string): ExpectedEvent => ({
  reason: 'VolumeAttached',
  type: 'Normal',
  ...message`[${id}]: Attached to node ${node} (duration: ${MILLIS}ms)`,
})

export const detached = (id: string, node: string): ExpectedEvent => ({
  reason: 'VolumeDetached',
  type: 'Normal',
  ...message`[${id}]: Detached from node ${node}`,
})

export const conflict = (id: string, node: string, holder: string): ExpectedEvent => ({
  reason: 'AttachmentConflict',
  type: 'Warning',
  ...message`[${id}]: Attachment to node ${node} rejected - volume already attached to node ${holder}. Delete the pod on ${holder} to release the volume.`,
})

/** `timeout` as Go writes durations. */
export const migrationStarted = (id: string, { source, target }: Move, timeout: string): ExpectedEvent => ({
  reason: 'MigrationStarted',
  type: 'Normal',
  ...message`[${id}]: KubeVirt live migration started - source: ${source}, target: ${target}, timeout: ${timeout}`,
})

export const migrationCompleted = (id: string, { source, target }: Move, seconds: number): ExpectedEvent => ({
  reason: 'MigrationCompleted',
  type: 'Normal',
  ...message`[${id}]: KubeVirt live migration completed - source: ${source} -> target: ${target} (duration: ${about(seconds)})`,
})

/** The target left, `seconds` after it had joined. */
export const migrationRolledBack = (id: string, { source, target }: Move, seconds: number): ExpectedEvent => ({
  reason: 'MigrationFailed',
  type: 'Warning',
  ...message`[${id}]: KubeVirt live migration failed - source: ${source}, attempted target: ${target}, reason: target-left, elapsed: ${about(seconds)}`,
})

/** `timeout` as Go writes durations. */
export const migrationTimedOut = (id: string, { source, target }: Move, timeout: string): ExpectedEvent => ({
  reason: 'MigrationFailed',
  type: 'Warning',
  ...message`[${id}]: KubeVirt live migration failed - source: ${source}, attempted target: ${target}, reason: timeout, elapsed: ${timeout}`,
})

export const matches = (expected: ExpectedEvent, event: ClaimEvent): boolean =>
  event.reason === expected.reason && event.type === expected.type && expected.message.test(event.message)
