import type { CapacityRange } from '../domain/capacity.ts'
import { StorageError } from '../domain/errors.ts'
import { isFilesystemType } from '../domain/filesystem.ts'
import type { Bytes, VolumeId } from '../domain/ids.ts'
import { volumeNqn } from '../domain/volume-id.ts'
import type { Filesystem, Mount, Usage } from '../ports/filesystem.ts'
import type { Device, NvmeInitiator } from '../ports/nvme-initiator.ts'
import type { KeyedLock } from './keyed-lock.ts'
import type { OperationLog } from './operation-log.ts'

interface Parts {
  readonly initiator: NvmeInitiator
  readonly filesystem: Filesystem
  readonly lock: KeyedLock
  readonly operations: OperationLog
}

/** Looking at volumes on this node, and growing them there. */
export class NodeVolumes {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What is used at a path where this volume is staged or published; a block volume has only a size. */
  async usage(volume: VolumeId, path: string, signal: AbortSignal): Promise<Usage | { readonly total: Bytes }> {
    const { initiator, filesystem } = this.#parts
    const device = await initiator.device(volumeNqn(volume), signal)
    const mount = await this.#mountOf(path, signal)
    if (device === undefined || mount?.device !== device.path) throw notHere(volume, path)
    return mount.kind === 'block' ? { total: device.bytes } : filesystem.usage(path, signal)
  }

  /** Makes the node see the volume's new size, and the file system fill it. Returns the size seen. */
  async expand(volume: VolumeId, path: string, range: CapacityRange, signal: AbortSignal): Promise<Bytes> {
    const { lock, operations } = this.#parts
    return lock.tryRun(volume, () =>
      operations.record('expand', volume, () => this.#expand(volume, path, range, signal), { bytes: bytes => bytes }),
    )
  }

  async #expand(volume: VolumeId, path: string, range: CapacityRange, signal: AbortSignal): Promise<Bytes> {
    const { initiator, filesystem } = this.#parts
    const nqn = volumeNqn(volume)
    const mount = await this.#mountOf(path, signal)
    const before = await initiator.device(nqn, signal)
    // A staged block volume has nothing at its staging path; its session is what there is to ask.
    if (before === undefined || (mount !== undefined && mount.device !== before.path)) throw notHere(volume, path)
    const device = await initiator.rescan(nqn, signal)
    requireWithin(device, range)
    if (mount?.kind === 'filesystem') {
      const probe = await filesystem.probe(device.path, signal)
      if (probe.found !== 'filesystem' || !isFilesystemType(probe.type)) {
        throw new StorageError('internal', `${device.path} holds no file system that can grow`)
      }
      await filesystem.grow(device.path, path, probe.type, signal)
    }
    return device.bytes
  }

  async #mountOf(path: string, signal: AbortSignal): Promise<Mount | undefined> {
    return (await this.#parts.filesystem.mounts(signal)).findLast(mount => mount.path === path)
  }
}

/** What is smaller may not have heard of its growth yet; a file system is not grown past a limit. */
function requireWithin({ path, bytes }: Device, { required, limit }: CapacityRange): void {
  if (bytes < required) {
    throw new StorageError('unavailable', `${path} still has ${bytes} bytes instead of ${required}`)
  }
  if (limit > 0 && bytes > limit) {
    throw new StorageError('out-of-range', `${path} has ${bytes} bytes, more than limit_bytes ${limit}`)
  }
}

const notHere = (volume: VolumeId, path: string) =>
  new StorageError('not-found', `volume ${volume} is neither staged nor published at ${path}`)
