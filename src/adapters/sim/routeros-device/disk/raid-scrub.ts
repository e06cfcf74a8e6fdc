import type { MenuCommand } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { ITEMS, writeCommand } from '../menu-command.ts'
import { referencedDisks } from './disk-reference.ts'

/** `/disk/raid-scrub` and its end: the array's `state` says so meanwhile (form of the text: a script of another driver). */
export function scrubCommands(device: DeviceState): Readonly<Record<'raid-scrub' | 'raid-scrub-cancel', MenuCommand>> {
  const become = (state: string): MenuCommand =>
    writeCommand(
      ITEMS,
      args => {
        for (const { kind } of referencedDisks(device, args)) {
          if (kind !== 'pool') throw device.traps.refused('notModelled')
          device.pool.raid = { ...device.pool.raid, state }
        }
      },
      ['numbers'],
    )
  return { 'raid-scrub': become('clean, sync:check, resync = 0.0%'), 'raid-scrub-cancel': become('clean') }
}
