import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Menu } from '../../../../src/adapters/sim/routeros-device/command.ts'
import { DeviceState } from '../../../../src/adapters/sim/routeros-device/device-state.ts'
import { menuTable } from '../../../../src/adapters/sim/routeros-device/menu-table.ts'

/** The menus of a device, by path. */
export function modelMenus(): ReadonlyMap<string, Menu> {
  const folder = mkdtempSync(join(tmpdir(), 'routeros-menus-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const pool = { name: 'storage-pool', size: 2 ** 30 }
  return menuTable(new DeviceState({ folder, pool, switches: {}, now: () => new Date(0) }))
}
