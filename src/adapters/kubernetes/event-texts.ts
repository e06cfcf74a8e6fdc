import type { FailureReason } from '../../domain/facts.ts'
import type { Millis, NodeId, VolumeId } from '../../domain/ids.ts'

/** What people read with `kubectl describe pvc`. Reasons and notes are promised to dashboards and alerts. */
export interface EventText {
  readonly reason: string
  readonly type: 'Normal' | 'Warning'
  /** What was done, in one word for machines. */
  readonly action: 'Migrate' | 'Attach' | 'Detach'
  readonly note: string
}

export interface Move {
  readonly source: NodeId
  readonly target: NodeId
}

export const migrationStarted = (volume: VolumeId, { source, target }: Move, timeout: Millis): EventText => ({
  reason: 'MigrationStarted',
  type: 'Normal',
  action: 'Migrate',
  note: `[${volume}]: KubeVirt live migration started - source: ${source}, target: ${target}, timeout: ${goSeconds(timeout)}`,
})

export const migrationCompleted = (volume: VolumeId, { source, target }: Move, took: Millis): EventText => ({
  reason: 'MigrationCompleted',
  type: 'Normal',
  action: 'Migrate',
  note: `[${volume}]: KubeVirt live migration completed - source: ${source} -> target: ${target} (duration: ${goSeconds(took)})`,
})

export const migrationFailed = (
  volume: VolumeId,
  { source, target }: Move,
  reason: FailureReason | 'timeout',
  took: Millis,
): EventText => ({
  reason: 'MigrationFailed',
  type: 'Warning',
  action: 'Migrate',
  note: `[${volume}]: KubeVirt live migration failed - source: ${source}, attempted target: ${target}, reason: ${reason}, elapsed: ${goSeconds(took)}`,
})

export const volumeAttached = (volume: VolumeId, node: NodeId, took: Millis): EventText => ({
  reason: 'VolumeAttached',
  type: 'Normal',
  action: 'Attach',
  note: `[${volume}]: Attached to node ${node} (duration: ${Math.round(took)}ms)`,
})

export const volumeDetached = (volume: VolumeId, node: NodeId): EventText => ({
  reason: 'VolumeDetached',
  type: 'Normal',
  action: 'Detach',
  note: `[${volume}]: Detached from node ${node}`,
})

/** `holders`: who has it already. */
export function attachmentConflict(volume: VolumeId, node: NodeId, holders: readonly NodeId[]): EventText {
  const held = holders.join(', ')
  return {
    reason: 'AttachmentConflict',
    type: 'Warning',
    action: 'Attach',
    note: `[${volume}]: Attachment to node ${node} rejected - volume already attached to node ${held}. Delete the pod on ${held} to release the volume.`,
  }
}

export const staleAttachmentCleared = (volume: VolumeId, node: NodeId): EventText => ({
  reason: 'StaleAttachmentCleared',
  type: 'Normal',
  action: 'Detach',
  note: `[${volume}]: Cleared stale attachment from deleted node ${node}`,
})

/** As Go writes a duration that was rounded to whole seconds, halves away from zero: `0s 45s 1m5s 5m0s 1h0m0s`. */
export function goSeconds(span: Millis): string {
  const seconds = Math.round(Math.abs(span) / 1000)
  if (seconds === 0) return '0s'
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = h > 0 ? `${h}h` : ''
  const minutes = h > 0 || m > 0 ? `${m}m` : ''
  return `${span < 0 ? '-' : ''}${hours}${minutes}${s}s`
}
