import type { DeviceState } from '../device-state.ts'
import { type DiskItem, wantsExport } from './disk-item.ts'

/**
 * Refuses a slot that is too long or taken by another item than `own`. At most 32 characters on 7.24.4 (measured); the
 * text of that refusal is unknown.
 */
export function checkSlot(device: DeviceState, slot: string, own: DiskItem | undefined): void {
  const { switches, traps, disks, pool, hardware } = device
  if (slot === '' || slot.length > switches.slotMaxLength) throw traps.invalidValue('slot')
  const other = disks.bySlot(slot)
  const taken = slot === pool.name || hardware.find(slot) !== undefined || (other !== undefined && other !== own)
  if (taken) throw traps.refused('duplicateSlot')
}

/** Refuses to export a disk under an NQN that another exported item has, unless the device takes that. */
export function checkNqn(device: DeviceState, disk: Pick<DiskItem, 'id' | 'settings'>): void {
  if (device.switches.secondExportOfOneNqn === 'accepted' || !wantsExport(disk)) return
  const nqn = device.disks.nqnOf(disk)
  const others = device.disks.list().filter(other => other.id !== disk.id && wantsExport(other))
  if (others.some(other => device.disks.nqnOf(other) === nqn)) throw device.traps.refused('duplicateNqn')
}

/** Where a comment may end, if it has to end anywhere. */
const COMMENT_LENGTH = 255

/** Puts a comment into the form that the device keeps it in, or refuses it. */
export function limitComment({ switches, traps }: DeviceState, settings: Map<string, string>): void {
  const comment = settings.get('comment') ?? ''
  if (switches.longComment === 'kept' || comment.length <= COMMENT_LENGTH) return
  if (switches.longComment === 'refused') throw traps.invalidValue('comment')
  settings.set('comment', comment.slice(0, COMMENT_LENGTH))
}
