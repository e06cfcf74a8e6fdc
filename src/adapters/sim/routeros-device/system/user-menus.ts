import type { Menu, MenuFlag } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { printCommand } from '../menu-command.ts'
import type { Row } from '../query.ts'
import { type DeviceUser, groupOf, POLICIES, type UserGroup } from '../users.ts'

const DISABLED: readonly MenuFlag[] = [{ letter: 'X', property: 'disabled', word: 'DISABLED', printed: false }]

/** `/user` and `/user/group`, to read: who may log in, and with which rights. */
export function userMenus({ users, traps }: DeviceState): Menu[] {
  const listed = printCommand(() => users.list().map(userRow), traps)
  const groups = printCommand(() => users.groups().map(groupRow), traps)
  const menu = (path: string, flags: readonly MenuFlag[], columns: readonly string[]): Omit<Menu, 'commands'> => ({
    path,
    shape: 'items',
    named: 'name',
    flags,
    displays: new Map([
      ['name', 'quoted'],
      ['address', 'quoted'],
    ]),
    columns,
  })
  return [
    { ...menu('/user', DISABLED, ['name', 'group']), commands: { print: listed, getall: listed } },
    { ...menu('/user/group', [], ['name', 'policy']), commands: { print: groups, getall: groups } },
  ]
}

function userRow(user: DeviceUser, index: number): Row {
  return new Map([
    ['.id', `*${index + 1}`],
    ['name', user.name],
    ['group', groupOf(user).name],
    ['address', ''],
    ['disabled', 'false'],
  ])
}

/** Rights that a group has not are written with a `!`. */
function groupRow({ name, policies }: UserGroup, index: number): Row {
  return new Map([
    ['.id', `*${index + 1}`],
    ['name', name],
    ['policy', POLICIES.map(policy => (policies.includes(policy) ? policy : `!${policy}`)).join(',')],
    ['skin', 'default'],
  ])
}
