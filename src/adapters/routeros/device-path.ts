import { parseSnapshotId } from '../../domain/snapshot-id.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'
import type { ItemId } from './slot.ts'
import { parseSubvolumeName, type SnapshotSubvolume, type VolumeSubvolume } from './subvolume-name.ts'

/**
 * A path as it is used here: with a leading slash, without a trailing one. `/disk` writes it so, `/file` without the
 * leading slash. Undefined for what is no plain path, such as one with `..` in it.
 */
export function normalPath(text: string): string | undefined {
  const segments = text.replace(/^\//, '').replace(/\/$/, '').split('/')
  return segments.some(segment => segment === '' || segment === '.' || segment === '..')
    ? undefined
    : `/${segments.join('/')}`
}

/** The name that `/file` has for a path. */
export const fileName = (path: string): string => path.slice(1)

export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** The last part of a path. */
export const leafOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The file of a volume, or of a snapshot that is a copy, that lies in the folder itself. */
export const backingFile = (folder: string, id: ItemId): string => `${folder}/${id}.img`

/** The only file in a subvolume. */
const IMAGE = '/volume.img'

/** The file of the volume or snapshot that has this subvolume. */
export const imageIn = (subvolume: string): string => subvolume + IMAGE

/** A subvolume by the path of the file in it. */
export interface ImagePlace {
  readonly subvolume: string
  readonly name: VolumeSubvolume | SnapshotSubvolume
}

/** The subvolume, ours by its name, of which this path is the file; undefined for any other path. */
export function imagePlace(path: string): ImagePlace | undefined {
  if (!path.endsWith(IMAGE)) return undefined
  const subvolume = path.slice(0, -IMAGE.length)
  const name = parseSubvolumeName(leafOf(subvolume))
  return name && { subvolume, name }
}

/** The volume or snapshot to which a file belongs by its name; undefined for any other. */
export function ownerOfFile(path: string): ItemId | undefined {
  const place = imagePlace(path)
  if (place !== undefined) return place.name.id
  const leaf = leafOf(path)
  const name = leaf.endsWith('.img') ? leaf.slice(0, -'.img'.length) : ''
  return parseVolumeId(name) ?? parseSnapshotId(name)
}

/** The folders from below the outer one down to the inner one, which lies in it: `/a`, `/a/b/c` → `/a/b`, `/a/b/c`. */
export function foldersBetween(outer: string, inner: string): string[] {
  const names = inner.slice(outer.length).split('/').filter(Boolean)
  return names.map((_, index) => [outer, ...names.slice(0, index + 1)].join('/'))
}
