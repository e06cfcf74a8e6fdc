import type { DeviceState } from '../device-state.ts'
import { isFileName, type ValueKind } from '../value-kinds.ts'

/** A name on input; a leading slash is accepted when adding (schema), names read back without it. */
export const newName: ValueKind = value => {
  const name = value.startsWith('/') ? value.slice(1) : value
  return isFileName(name) ? name : { refused: 'invalid' }
}

/** Refuses a name that is taken, or that lies in no folder, or in one where nothing may be written. */
export function checkNewName({ files, subvolumes, traps }: DeviceState, name: string): void {
  if (files.get(name) !== undefined) throw traps.refused('duplicateFile')
  if (!files.hasParent(name)) throw traps.refused('missingDirectory')
  if (subvolumes.isReadOnly(name)) throw traps.refused('readOnly')
}
