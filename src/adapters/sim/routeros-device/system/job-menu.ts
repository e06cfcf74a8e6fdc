import { type Arguments, referencedItems } from '../arguments.ts'
import type { Menu } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { writeId } from '../item-ids.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import type { Job } from './jobs.ts'

/** `/system/script/job`: scripts that run on their own; `remove` stops one. */
export function jobMenu(device: DeviceState): Menu {
  const { jobs, traps, localTime } = device
  const print = printCommand(
    () =>
      jobs.list().map(
        ({ id, owner, started }) =>
          new Map([
            ['.id', writeId(id, '*')],
            ['type', 'command'],
            ['owner', owner],
            ['started', localTime(started)],
          ]),
      ),
    traps,
  )
  const stop = (args: Arguments): void => {
    const find = (reference: string): Job | undefined => jobs.list().find(({ id }) => writeId(id, '*') === reference)
    for (const job of referencedItems(args, find, traps)) job.stop.abort(new Error('the job was removed'))
  }
  return {
    path: '/system/script/job',
    shape: 'items',
    flags: [],
    displays: new Map(),
    columns: ['type', 'owner', 'started'],
    commands: { print, getall: print, remove: writeCommand(ITEMS, stop, ['numbers']) },
  }
}
