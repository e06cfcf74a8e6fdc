import { isUuid, type Uuid, type VolumeId } from '../../domain/ids.ts'
import { uuidBytes, uuidOf } from '../../domain/uuid.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'

/** Base 32 of RFC 4648 in lower case, without padding. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** 16 bytes are 128 bits: 25 characters of 5 bits and one of 3, which has two zero bits more. */
const PADDING_BITS = 2n
const SLOT = /^(pvc|vol)-([a-z2-7]{26})$/

/**
 * The slot (name of the disk item) of a volume: `pvc-` or `vol-` and its UUID in 26 base-32 characters, 30 in all.
 * RouterOS 7.24 takes 32 at most.
 */
export function slotOf(id: VolumeId): string {
  const hex = Buffer.from(uuidBytes(id.slice(4) as Uuid)).toString('hex')
  let bits = BigInt(`0x${hex}`) << PADDING_BITS
  let text = ''
  for (let count = 0; count < 26; count += 1) {
    text = (ALPHABET[Number(bits & 31n)] ?? '') + text
    bits >>= 5n
  }
  return id.slice(0, 4) + text
}

/** The slot that the older driver gave the volume: the id itself, of 40 characters. It knew no `vol-` ids. */
export const olderSlotOf = (id: VolumeId): string | undefined => (id.startsWith('pvc-') ? id : undefined)

/** Every slot under which a volume may be found. */
export function slotsOf(id: VolumeId): string[] {
  const older = olderSlotOf(id)
  return older === undefined ? [slotOf(id)] : [slotOf(id), older]
}

/** The volume to which a slot belongs by its form, ours or the older driver's; undefined for any other. */
export function volumeOfSlot(slot: string): VolumeId | undefined {
  const [, prefix, digits] = SLOT.exec(slot) ?? []
  if (prefix === undefined || digits === undefined) return olderVolumeOfSlot(slot)
  const bits = Array.from(digits).reduce((sum, digit) => (sum << 5n) | BigInt(ALPHABET.indexOf(digit)), 0n)
  const hex = (bits >> PADDING_BITS).toString(16).padStart(32, '0')
  const id = parseVolumeId(`${prefix}-${uuidOf(Buffer.from(hex, 'hex'))}`)
  // Two spellings must never mean one volume: the padding has to be zero.
  return id !== undefined && slotOf(id) === slot ? id : undefined
}

function olderVolumeOfSlot(slot: string): VolumeId | undefined {
  return slot.startsWith('pvc-') && isUuid(slot.slice(4)) ? parseVolumeId(slot) : undefined
}
