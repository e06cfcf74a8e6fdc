import { type Arguments, referencedItems } from '../arguments.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import type { DiskItem } from './disk-item.ts'
import type { HardwareDisk } from './hardware-disks.ts'

/** What an item of `/disk` can be. */
export type AnyDisk =
  | { readonly kind: 'file'; readonly disk: DiskItem }
  | { readonly kind: 'pool' }
  | { readonly kind: 'hardware'; readonly disk: HardwareDisk }

/** The item with this `.id` or slot. */
export function findDisk({ pool, disks, hardware }: DeviceState, reference: string): AnyDisk | undefined {
  if (reference === pool.name || reference === writeId(pool.id, '*')) return { kind: 'pool' }
  const disk = disks.find(reference)
  if (disk !== undefined) return { kind: 'file', disk }
  const other = hardware.find(reference)
  return other === undefined ? undefined : { kind: 'hardware', disk: other }
}

/** The items that a command means. */
export function referencedDisks(device: DeviceState, args: Arguments): AnyDisk[] {
  return referencedItems(args, reference => findDisk(device, reference), device.traps)
}
