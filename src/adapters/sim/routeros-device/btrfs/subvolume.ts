/** A subvolume of the pool. */
export interface Subvolume {
  /** Number of its `.id` in the menu. */
  readonly id: number
  /** Number that btrfs gives it, from 256 on. */
  readonly subvolumeId: number
  /** Path below the mount point, without slash in front: `Snapshots/x`. */
  fullname: string
  readonly uuid: string
  /** UUID of the subvolume that it was made from; `undefined`: it began empty. */
  readonly source: string | undefined
  readOnly: boolean
  readonly created: Date
  generation: number
  comment: string
  /** When it was removed; it is listed with the flag D until it is cleaned up. */
  diedAt: Date | undefined
}

/** The name of the file system's own subvolume, which is there always. */
export const ROOT_NAME = '<FS_ROOT>'

/** The last part of a subvolume's path; the manual finds one by it. */
export function leafOf(fullname: string): string {
  return fullname.slice(fullname.lastIndexOf('/') + 1)
}

/** Whether a path lies in a folder, or is it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
