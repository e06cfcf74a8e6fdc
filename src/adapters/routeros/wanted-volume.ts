import { StorageError } from '../../domain/errors.ts'
import type { Bytes } from '../../domain/ids.ts'
import { compare, type Volume, type VolumeSpec } from '../../domain/volume.ts'
import { type KnownDisk, volumeOf } from './known-disk.ts'

/** A volume that others are made from, or a snapshot. */
export interface VolumeOrigin {
  /** The subvolume in which its image lies. */
  readonly subvolume: string
  readonly bytes: Bytes
}

/** Throws `conflict` where an unfinished disk is being made as another volume. */
export function requireSameMaking({ tag }: KnownDisk, { id, name, source }: VolumeSpec): void {
  const from = tag?.source?.id
  if (tag?.name === name && from === source?.id) return
  throw new StorageError('conflict', `volume ${id} exists and differs: it is being made from ${from ?? 'nothing'}`)
}

/** The volume, where it is what was asked for; else `conflict`. */
export function sameAs(disk: KnownDisk, { id, name, bytes, folder, source }: VolumeSpec): Volume {
  const volume = volumeOf(disk)
  const unfinished = disk.tag?.unfinished === true ? 'it is being made from something' : undefined
  const comparison = compare(volume, { id, name, folder, source, range: { required: bytes, limit: bytes } })
  if (comparison.same && unfinished === undefined) return volume
  const difference = comparison.same ? unfinished : comparison.difference
  throw new StorageError('conflict', `volume ${id} exists and differs: ${difference}`)
}
