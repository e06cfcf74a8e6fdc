import type { VolumeId } from '../../domain/ids.ts'

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

/** The backing file of a volume. */
export const backingFile = (folder: string, id: VolumeId): string => `${folder}/${id}.img`

/** The folders from below the outer one down to the inner one, which lies in it: `/a`, `/a/b/c` → `/a/b`, `/a/b/c`. */
export function foldersBetween(outer: string, inner: string): string[] {
  const names = inner.slice(outer.length).split('/').filter(Boolean)
  return names.map((_, index) => [outer, ...names.slice(0, index + 1)].join('/'))
}
