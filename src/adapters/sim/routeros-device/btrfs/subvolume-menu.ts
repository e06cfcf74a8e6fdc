import { argumentTable, type Arguments, parseSettings, REFERENCES, referencedItems } from '../arguments.ts'
import type { Menu, MenuFlag } from '../command.ts'
import type { DeviceState } from '../device-state.ts'
import { ITEMS, printCommand, writeCommand } from '../menu-command.ts'
import { choice, flag, isFileName, text, type ValueKind } from '../value-kinds.ts'
import type { Subvolume } from './subvolume.ts'
import { addSubvolume, checkNewSubvolume } from './subvolume-add.ts'
import { subvolumeRows } from './subvolume-rows.ts'

const path: ValueKind = value => {
  const name = value.startsWith('/') ? value.slice(1) : value
  return isFileName(name) ? name : { refused: 'invalid' }
}
const ADD = argumentTable({
  fs: text,
  name: path,
  parent: text,
  'read-only': flag,
  mount: flag,
  mountpoint: text,
  comment: text,
  'copy-from': choice(),
})
const SET = argumentTable(
  { name: path, 'read-only': flag, mount: flag, mountpoint: text, comment: text, fs: text, parent: text },
  REFERENCES,
)
const FLAGS: readonly MenuFlag[] = [
  { letter: '*', property: 'default', word: 'DEFAULT', printed: false },
  { letter: 'S', property: 'snapshot', word: 'SNAPSHOT', printed: false },
  { letter: 'r', property: 'read-only', word: 'READ-ONLY', printed: true },
  { letter: 'D', property: 'dead', word: 'DEAD', printed: false },
  { letter: 'M', property: 'mounted', word: 'MOUNTED', printed: false },
]

/** `/disk/btrfs/subvolume` (manual, "Btrfs subvolumes and snapshots"; 7.18 and later). */
export function btrfsSubvolumeMenu(device: DeviceState): Menu {
  const print = printCommand(() => subvolumeRows(device), device.traps)
  return {
    path: '/disk/btrfs/subvolume',
    shape: 'items',
    named: 'name',
    flags: FLAGS,
    displays: new Map([
      ...['name', 'fullname', 'top-level', 'parent', 'uuid', 'path', 'snapshots'].map((name): [string, 'quoted'] => [
        name,
        'quoted',
      ]),
      ['read-only', 'flag'],
    ]),
    columns: ['fs', 'name', 'top-level', 'snapshots'],
    commands: {
      print,
      getall: print,
      add: writeCommand(ADD, args => addSubvolume(device, parseSettings(args, ADD, device.traps))),
      set: writeCommand(SET, args => setSubvolumes(device, args), ['numbers']),
      remove: writeCommand(ITEMS, args => removeSubvolumes(device, args), ['numbers']),
      comment: writeCommand(SET, args => setSubvolumes(device, args), ['numbers', 'comment']),
    },
  }
}

/** Only a name, the right to write and a comment can be changed; the rest of the schema is refused when it differs. */
function setSubvolumes(device: DeviceState, args: Arguments): void {
  const change = parseSettings(args, SET, device.traps)
  for (const subvolume of referenced(device, args)) {
    if (['fs', 'parent', 'mount', 'mountpoint'].some(name => change.has(name)))
      throw device.traps.refused('notModelled')
    const name = change.get('name')
    if (name !== undefined && name !== subvolume.fullname) rename(device, subvolume, name)
    subvolume.comment = change.get('comment') ?? subvolume.comment
    const readOnly = change.get('read-only')
    if (readOnly !== undefined) subvolume.readOnly = readOnly === 'true'
  }
  // Disks in it may be written now, or no more.
  device.disks.attachAll()
}

function rename(device: DeviceState, subvolume: Subvolume, fullname: string): void {
  checkNewSubvolume(device, fullname)
  if (holdsDisk(device, subvolume)) throw device.traps.refused('fileInUse')
  device.subvolumes.rename(subvolume, fullname)
}

/** Removed at once for `/file`; gone from the listing later (flag D). Btrfs removes none that holds another one. */
function removeSubvolumes(device: DeviceState, args: Arguments): void {
  const { traps, switches, subvolumes, disks } = device
  const gone = referenced(device, args)
  for (const subvolume of gone) {
    if (subvolumes.nested(subvolume).some(nested => !gone.includes(nested))) throw traps.refused('nestedSubvolumes')
    if (holdsDisk(device, subvolume) && switches.removeSubvolumeInUse === 'refused') throw traps.refused('fileInUse')
  }
  for (const subvolume of gone.toSorted((one, other) => other.fullname.length - one.fullname.length)) {
    subvolumes.remove(subvolume)
  }
  disks.attachAll()
}

function holdsDisk({ disks, subvolumes }: DeviceState, subvolume: Subvolume): boolean {
  const folder = `${subvolumes.nameOf(subvolume.fullname)}/`
  return disks.list().some(({ file }) => file?.name.startsWith(folder) === true)
}

function referenced(device: DeviceState, args: Arguments): Subvolume[] {
  return referencedItems(args, reference => device.subvolumes.find(reference), device.traps)
}
