import { btrfsFilesystemMenu } from './btrfs/filesystem-menu.ts'
import { btrfsSubvolumeMenu } from './btrfs/subvolume-menu.ts'
import type { Menu, MenuCommand } from './command.ts'
import type { DeviceState } from './device-state.ts'
import { diskMenu } from './disk/disk-menu.ts'
import { fileMenu } from './file/file-menu.ts'
import { addressListMenu } from './firewall/address-list-menu.ts'
import { connectionMenu } from './firewall/connection-menu.ts'
import { filterMenu } from './firewall/filter-menu.ts'
import { healthMenu } from './system/health-menu.ts'
import { jobMenu } from './system/job-menu.ts'
import { serviceMenu } from './system/service-menu.ts'
import { systemMenus } from './system/system-menus.ts'
import { userMenus } from './system/user-menus.ts'

/** Every menu of a device, by path. */
export function menuTable(device: DeviceState): ReadonlyMap<string, Menu> {
  const menus = [
    diskMenu(device),
    btrfsFilesystemMenu(device),
    btrfsSubvolumeMenu(device),
    fileMenu(device),
    filterMenu(device),
    addressListMenu(device),
    connectionMenu(device),
    serviceMenu(device),
    ...systemMenus(device),
    healthMenu(device),
    jobMenu(device),
    ...userMenus(device),
  ]
  return new Map(menus.map(menu => [menu.path, menu]))
}

/** The command of a path such as `/disk/print`. */
export function commandAt(menus: ReadonlyMap<string, Menu>, path: string): MenuCommand | undefined {
  const at = path.lastIndexOf('/')
  const commands = menus.get(path.slice(0, at))?.commands
  const name = path.slice(at + 1)
  return commands !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
}
