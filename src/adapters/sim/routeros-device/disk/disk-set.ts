import { type Arguments, parseSettings } from '../arguments.ts'
import type { DeviceState } from '../device-state.ts'
import { DISK_SET } from './disk-arguments.ts'
import { checkNqn, checkSlot, limitComment } from './disk-checks.ts'
import { type DiskItem, setting } from './disk-item.ts'

/** `/disk/set` on one file disk. Everything is checked before anything changes. */
export function setDisk(device: DeviceState, disk: DiskItem, args: Arguments): void {
  const change = parseSettings(args, DISK_SET, device.traps)
  limitComment(device, change)
  const size = change.get('file-size') ?? ''
  change.delete('file-size')
  const changed: DiskItem = { ...disk, settings: new Map([...disk.settings, ...change]) }
  checkChange(device, disk, changed)
  const growth = size === '' ? 0 : checkGrowth(device, disk, Number(size))

  const narrowed = setting(disk, ALLOWED) !== setting(changed, ALLOWED)
  for (const [name, value] of change) disk.settings.set(name, value)
  if (growth > 0 && disk.file !== undefined) device.files.resize(disk.file, Number(size))
  const { anySetDropsSessions, allowHostChangeDropsSessions } = device.switches
  const again = anySetDropsSessions || (narrowed && allowHostChangeDropsSessions)
  device.disks.settle(disk, again ? 'anew' : 'keep')
}

const ALLOWED = 'nvme-tcp-server-allow-host-name'

function checkChange(device: DeviceState, disk: DiskItem, changed: DiskItem): void {
  if (setting(changed, 'slot') !== setting(disk, 'slot')) checkSlot(device, setting(changed, 'slot'), disk)
  checkNqn(device, changed)
  const fixed = ['type', 'file-path'].some(name => setting(changed, name) !== setting(disk, name))
  if (setting(changed, 'compress') === 'true') throw device.traps.compression()
  // What a device does when the type or the file of an item changes is unknown and of no use to anyone.
  if (fixed) throw device.traps.refused('notModelled')
}

/** Bytes to add. Whether a real device grows or shrinks a file at all has never been shown; shrinking is refused here. */
function checkGrowth(device: DeviceState, disk: DiskItem, size: number): number {
  const { traps, switches, pool } = device
  if (disk.file === undefined) throw traps.refused('missingDirectory')
  const growth = size - disk.file.size
  if (growth < 0) throw traps.refused('shrink')
  if (growth > 0 && device.subvolumes.isReadOnly(disk.file.name)) throw traps.refused('readOnly')
  if (growth > 0 && switches.setFileSize === 'refused') throw traps.refused('growth')
  if (growth > pool.free) throw traps.refused('noSpace')
  return growth
}
