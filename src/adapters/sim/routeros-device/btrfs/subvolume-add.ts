import type { DeviceState } from '../device-state.ts'
import { parentOf } from '../file/file-tree.ts'
import { writeId } from '../item-ids.ts'
import { leafOf, type Subvolume } from './subvolume.ts'

/** `/disk/btrfs/subvolume/add`: an empty subvolume, or with `parent=` a snapshot of one. Answers the new item's `.id`. */
export function addSubvolume(device: DeviceState, settings: ReadonlyMap<string, string>): string {
  const { traps, subvolumes } = device
  checkFilesystem(device, settings.get('fs'))
  const fullname = settings.get('name')
  if (fullname === undefined) throw traps.missing('name')
  const source = sourceOf(device, settings.get('parent') ?? '')
  checkNewSubvolume(device, fullname)
  if (source !== undefined) checkSpace(device, source)
  const added = subvolumes.add(fullname, source, settings.get('read-only') === 'true')
  added.comment = settings.get('comment') ?? ''
  return writeId(added.id, '*')
}

/** The file system is named by its label; nothing can be made on others than the pool's. */
function checkFilesystem({ traps, pool }: DeviceState, label: string | undefined): void {
  if (label === undefined) throw traps.missing('fs')
  if (!pool.mounted || pool.fs !== 'btrfs' || label !== pool.label) throw traps.noMatch('fs')
}

/** Refuses a path that is taken, or whose folder is missing, read-only, or of a kind that the device does not take. */
export function checkNewSubvolume({ traps, files, subvolumes, switches }: DeviceState, fullname: string): void {
  const name = subvolumes.nameOf(fullname)
  if (files.get(name) !== undefined) throw traps.refused('duplicateSubvolume')
  if (!files.hasParent(name)) throw traps.refused('missingDirectory')
  if (subvolumes.isReadOnly(parentOf(name))) throw traps.refused('readOnly')
  const folder = parentOf(fullname)
  const belowPlainFolder = folder !== '' && subvolumes.at(folder) === undefined
  if (belowPlainFolder && switches.subvolumeBelowDirectory === 'refused') throw traps.invalidValue('name')
}

/** The source of a snapshot: by its whole path, by the last part of it, or by either; `undefined` for `''`. */
function sourceOf({ subvolumes, switches, traps }: DeviceState, reference: string): Subvolume | undefined {
  if (reference === '') return undefined
  const { subvolumeParent } = switches
  const whole = subvolumeParent === 'leaf' ? undefined : subvolumes.at(reference)
  const byLeaf = (): Subvolume | undefined => subvolumes.living().find(({ fullname }) => leafOf(fullname) === reference)
  const source = whole ?? (subvolumeParent === 'fullname' ? undefined : byLeaf())
  if (source === undefined) throw traps.noMatch('parent')
  return source
}

/** Where a snapshot counts, it must fit. */
function checkSpace({ traps, switches, files, pool, subvolumes }: DeviceState, source: Subvolume): void {
  if (switches.snapshotSpace === 'none') return
  const entry = files.get(subvolumes.nameOf(source.fullname))
  const size = entry === undefined ? 0 : files.below(entry).reduce((sum, file) => sum + file.size, 0)
  if (size > pool.free) throw traps.refused('noSpace')
}
