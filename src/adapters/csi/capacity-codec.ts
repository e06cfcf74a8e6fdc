import type { CapacityRange } from '../../domain/capacity.ts'
import { MAX_VOLUME_BYTES, MIN_VOLUME_BYTES } from '../../domain/capacity.ts'
import { StorageError } from '../../domain/errors.ts'
import { invalid } from './fields.ts'
import type { CapacityRange as RangeMessage } from './gen/csi/v1/csi_pb.ts'

const EXACT = BigInt(Number.MAX_SAFE_INTEGER)

/** A range that has to be there. Whether its ends are far enough apart for a volume is not judged here. */
export function readRange(message: RangeMessage | undefined): CapacityRange {
  if (message === undefined) throw invalid('capacity_range', 'is missing: required_bytes or limit_bytes is needed')
  const { requiredBytes, limitBytes } = message
  for (const [field, bytes] of [
    ['required_bytes', requiredBytes],
    ['limit_bytes', limitBytes],
  ] as const) {
    if (bytes < 0n) throw invalid(`capacity_range.${field}`, `${bytes} must not be negative`)
  }
  if (limitBytes > 0n && limitBytes < requiredBytes) {
    throw invalid('capacity_range.limit_bytes', `${limitBytes} is below required_bytes ${requiredBytes}`)
  }
  if (requiredBytes > BigInt(MAX_VOLUME_BYTES)) {
    throw new StorageError(
      'out-of-range',
      `capacity_range.required_bytes ${requiredBytes} is too much: a volume has at most ${MAX_VOLUME_BYTES} (16 TiB)`,
    )
  }
  // A limit that far away limits nothing; it need not be exact.
  return { required: Number(requiredBytes), limit: Number(limitBytes > EXACT ? EXACT : limitBytes) }
}

/** The range of CreateVolume, which may be left out: then any volume serves. */
export const readRangeOrAny = (message: RangeMessage | undefined): CapacityRange =>
  message === undefined ? { required: MIN_VOLUME_BYTES, limit: 0 } : readRange(message)

/** The size that a node is asked to see; both ends are open where it is to take what there is. */
export const readSeen = (message: RangeMessage | undefined): CapacityRange =>
  message === undefined ? { required: 0, limit: 0 } : readRange(message)
