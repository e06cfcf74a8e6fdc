import type { ClusterId, NodeId, VolumeId } from '../../../domain/ids.ts'
import { nodeId } from '../../../domain/ids.ts'
import { parseVolumeId } from '../../../domain/volume-id.ts'
import { decode, encode } from '../percent.ts'
import { slotOf } from '../slot.ts'

/** What one of our rules or entries is for. The comment alone says whose an item is; no other is ever touched. */
export type Purpose =
  /** The way from the device's own rules to ours, and the rule that drops what came back from there. */
  | { readonly of: 'entrance' }
  | { readonly of: 'wall' }
  /** Lets through what is in the volume's list. */
  | { readonly of: 'volume'; readonly volume: VolumeId }
  /** An address in that list. */
  | { readonly of: 'guest'; readonly volume: VolumeId; readonly node: NodeId }

const FORM = /^rds-csi\/1 owner=(\S+) (?:fence=(entrance|wall)|volume=(\S+?)(?: node=(\S+))?)$/

export function writePurpose(owner: ClusterId, purpose: Purpose): string {
  const begin = `rds-csi/1 owner=${owner}`
  switch (purpose.of) {
    case 'entrance':
    case 'wall':
      return `${begin} fence=${purpose.of}`
    case 'volume':
      return `${begin} volume=${purpose.volume}`
    case 'guest':
      return `${begin} volume=${purpose.volume} node=${encode(purpose.node)}`
  }
}

/** What this owner's item is for, or undefined where a single character differs: then it is a stranger's. */
export function parsePurpose(comment: string, owner: ClusterId): Purpose | undefined {
  const [, , fence, volumeText, nodeText] = FORM.exec(comment) ?? []
  const purpose = purposeOf(fence, volumeText, nodeText)
  return purpose !== undefined && writePurpose(owner, purpose) === comment ? purpose : undefined
}

function purposeOf(fence?: string, volumeText = '', nodeText?: string): Purpose | undefined {
  if (fence === 'entrance' || fence === 'wall') return { of: fence }
  const volume = parseVolumeId(volumeText)
  if (volume === undefined || nodeText === undefined) return volume && { of: 'volume', volume }
  const node = decode(nodeText)
  return node === undefined ? undefined : { of: 'guest', volume, node: nodeId(node) }
}

/** Whether another installation of this driver made it. */
export const isKin = (comment: string): boolean => comment.startsWith('rds-csi/1 owner=')

/** The chain with the rules of all volumes of one installation. */
export const chainOf = (owner: ClusterId): string => `rds-csi-${owner}`

/** The list of the addresses from which a volume can be reached. */
export const listOf = (volume: VolumeId): string => `rds-csi-${slotOf(volume)}`
