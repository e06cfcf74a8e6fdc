/** File systems that the driver makes. */
export type FilesystemType = 'ext4' | 'xfs'
export const FILESYSTEM_TYPES: readonly FilesystemType[] = ['ext4', 'xfs']
export const DEFAULT_FILESYSTEM: FilesystemType = 'ext4'

export const isFilesystemType = (name: string): name is FilesystemType =>
  (FILESYSTEM_TYPES as readonly string[]).includes(name)

/** What is on a device. `blank` is proven by reading, never inferred from something that failed. */
export type Probe =
  | { readonly found: 'blank' }
  | { readonly found: 'filesystem'; readonly type: string }
  | { readonly found: 'unreadable'; readonly why: string }

/** What staging has to do with it. */
export type FilesystemPlan =
  | { readonly do: 'format'; readonly type: FilesystemType }
  | { readonly do: 'check'; readonly type: FilesystemType }
  | { readonly do: 'refuse'; readonly why: string }

/** Data is never overwritten: only a blank device is formatted, only the wanted file system is mounted. */
export function planFilesystem(probe: Probe, want: FilesystemType): FilesystemPlan {
  switch (probe.found) {
    case 'blank':
      return { do: 'format', type: want }
    case 'filesystem':
      return probe.type === want
        ? { do: 'check', type: want }
        : { do: 'refuse', why: `it holds ${probe.type}, and ${want} is asked for; nothing was changed` }
    case 'unreadable':
      return { do: 'refuse', why: `what is on it cannot be told (${probe.why}); nothing was changed` }
  }
}
