import { type Arguments, parseSettings } from '../arguments.ts'
import type { DeviceState } from '../device-state.ts'
import { DISK_SET, DISK_SETTINGS } from './disk-arguments.ts'
import { setting } from './disk-item.ts'
import { type AnyDisk, referencedDisks } from './disk-reference.ts'
import { setDisk } from './disk-set.ts'

/** `/disk/set`, and what comes down to it. */
export function setDisks(device: DeviceState, args: Arguments): void {
  for (const item of referencedDisks(device, args)) {
    if (item.kind === 'file') setDisk(device, item.disk, args)
    else setHardware(device, item, parseSettings(args, DISK_SET, device.traps))
  }
}

/** `/disk/enable` and `/disk/disable`. */
export function switchDisks(device: DeviceState, args: Arguments, disabled: 'yes' | 'no'): void {
  setDisks(device, new Map([...args, ['disabled', disabled]]))
}

/** `/disk/unset`: a setting becomes what it was at first. */
export function unsetDisks(device: DeviceState, args: Arguments): void {
  const name = args.get('value-name')
  if (name === undefined) throw device.traps.missing('value-name')
  const initial = DISK_SETTINGS.get(name)?.initial
  if (initial === undefined) throw device.traps.noMatch('value-name')
  const rest = [...args].filter(([argument]) => argument !== 'value-name')
  setDisks(device, new Map([...rest, [name, initial]]))
}

/** Leaves the backing file where it is (manual, "Removing the disk item does not delete the file"). */
export function removeDisks(device: DeviceState, args: Arguments): void {
  const items = referencedDisks(device, args)
  for (const item of items) if (!isRemovable(device, item)) throw device.traps.refused('diskInUse')
  for (const item of items) if (item.kind === 'file') device.disks.remove(item.disk)
}

function isRemovable({ switches, copies }: DeviceState, item: AnyDisk): boolean {
  if (item.kind !== 'file') return false
  const { disk } = item
  if (disk.file !== undefined && copies.uses(disk.file)) return false
  return setting(disk, 'nvme-tcp-export') !== 'true' || switches.removeExported === 'allowed'
}

/** Drives and the pool take a comment; the pool also whether it is mounted, and whether it compresses. */
function setHardware(device: DeviceState, item: AnyDisk, change: ReadonlyMap<string, string>): void {
  for (const [name, value] of change) {
    if (item.kind === 'hardware' && name === 'comment') item.disk.properties.set(name, value)
    else if (item.kind === 'pool') setPool(device, name, value)
    else throw device.traps.refused('notModelled')
  }
}

function setPool(device: DeviceState, name: string, value: string): void {
  const { pool, disks, traps } = device
  switch (name) {
    case 'comment':
      pool.comment = value
      break
    case 'compress':
      if (value === 'true' && pool.fs !== 'btrfs') throw traps.compression()
      pool.compress = value === 'true'
      break
    case 'mount-filesystem':
      if (value === 'false' && disks.list().some(({ file }) => file !== undefined)) throw traps.couldNotUnmount()
      pool.mountFilesystem = value === 'true'
      device.mountPool(pool.mountFilesystem)
      break
    default:
      throw traps.refused('notModelled')
  }
}
