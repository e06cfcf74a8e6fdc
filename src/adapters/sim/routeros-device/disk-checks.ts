import type { DeviceState } from './device-state.ts'
import { type DiskItem, setting, wantsExport } from './disk-item.ts'

/**
 * Refuses a slot that is too long or taken by another item than `own`. At most 32 characters on 7.24.4 (measured); the
 * text of that refusal is unknown.
 */
export function checkSlot(device: DeviceState, slot: string, own: DiskItem | undefined): void {
  const { switches, traps, disks, pool } = device
  if (slot === '' || slot.length > switches.slotMaxLength) throw traps.invalidValue('slot')
  const taken = slot === pool.name || disks.list().some(disk => disk !== own && setting(disk, 'slot') === slot)
  if (taken) throw traps.refused('duplicateSlot')
}

/** Refuses to export a disk under an NQN that another exported item has, unless the device takes that. */
export function checkNqn(device: DeviceState, disk: DiskItem): void {
  if (device.switches.secondExportOfOneNqn === 'accepted' || !wantsExport(disk)) return
  const nqn = device.disks.nqnOf(disk)
  const others = device.disks.list().filter(other => other.id !== disk.id && wantsExport(other))
  if (others.some(other => device.disks.nqnOf(other) === nqn)) throw device.traps.refused('duplicateNqn')
}
