import type { SnapshotId, VolumeId } from '../../domain/ids.ts'
import type { VolumeSource } from '../../domain/volume.ts'
import { invalid, required, snapshotId, volumeId } from './fields.ts'
import type { VolumeContentSource } from './gen/csi/v1/csi_pb.ts'

const SNAPSHOT = 'volume_content_source.snapshot.snapshot_id'
const VOLUME = 'volume_content_source.volume.volume_id'

/** A source that is well-formed; whether there can be such a one is asked for when all other fields have been read. */
type Reading = () => VolumeSource | undefined

export function readSource(message: VolumeContentSource | undefined): Reading {
  if (message === undefined) return () => undefined
  const { case: kind, value } = message.type
  if (kind === 'snapshot') return found('snapshot', snapshotId(value.snapshotId, SNAPSHOT), value.snapshotId)
  if (kind === 'volume') return found('volume', volumeId(value.volumeId, VOLUME), value.volumeId)
  throw invalid('volume_content_source', 'names neither a snapshot nor a volume: one of them is needed')
}

const found =
  (from: VolumeSource['from'], id: SnapshotId | VolumeId | undefined, text: string): Reading =>
  () =>
    ({ from, id: required(id, text, from === 'snapshot' ? SNAPSHOT : VOLUME) }) as VolumeSource

/** The source as it is told with the volume. */
export function sourceMessage(source: VolumeSource | undefined) {
  if (source === undefined) return {}
  const type =
    source.from === 'snapshot'
      ? { case: 'snapshot' as const, value: { snapshotId: source.id } }
      : { case: 'volume' as const, value: { volumeId: source.id } }
  return { contentSource: { type } }
}
