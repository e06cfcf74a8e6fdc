import type { FilesystemType, Probe } from '../domain/filesystem.ts'
import type { Bytes } from '../domain/ids.ts'

export interface Mount {
  readonly path: string
  /** The device, for a file system as well as for a bound block device. */
  readonly device: string
  readonly kind: 'filesystem' | 'block'
  readonly readOnly: boolean
}

export interface MountOptions {
  readonly type: FilesystemType
  readonly flags: readonly string[]
  readonly readOnly: boolean
}

export interface Usage {
  readonly bytes: { readonly total: Bytes; readonly used: Bytes; readonly available: Bytes }
  /** Undefined where the file system does not count them. */
  readonly inodes: { readonly total: number; readonly used: number; readonly available: number } | undefined
}

/**
 * File systems and mounts of this node. Passes test/contracts/filesystem.contract.ts. Errors are StorageErrors; what a
 * step did is undone by whoever called it, never by the step itself.
 */
export interface Filesystem {
  /** What is on the device. Reads only. `blank` only where that is proven. */
  probe(device: string, signal: AbortSignal): Promise<Probe>
  /** Makes a file system on a device that was proven blank; any other is refused (`precondition`). */
  format(device: string, type: FilesystemType, signal: AbortSignal): Promise<void>
  /** Brings a file system into a state that may be mounted (journal replay, repair that is safe). */
  check(device: string, type: FilesystemType, signal: AbortSignal): Promise<void>
  /** Mounts the device at a directory, which is made where it is missing. */
  mount(device: string, path: string, options: MountOptions, signal: AbortSignal): Promise<void>
  /** Makes a mounted directory visible at a second one. The target is made, its parent too. */
  bind(source: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void>
  /** Makes the block device visible at a path, which becomes a file. */
  bindDevice(device: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void>
  /** Takes away what is mounted at the path and then the empty directory or file. Never recursive. Success if nothing is there. */
  unmount(path: string, signal: AbortSignal): Promise<void>
  /** What is mounted, in the order of mounting. A table that cannot be read is an error, never an empty answer. */
  mounts(signal: AbortSignal): Promise<readonly Mount[]>
  usage(path: string, signal: AbortSignal): Promise<Usage>
  /** Grows the mounted file system to its device's size. */
  grow(device: string, path: string, type: FilesystemType, signal: AbortSignal): Promise<void>
}
export const Filesystem = Symbol.for('Filesystem')
