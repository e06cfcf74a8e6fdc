import { type Capability, isMountedReadOnly } from '../domain/capability.ts'
import { StorageError } from '../domain/errors.ts'
import { DEFAULT_FILESYSTEM, type FilesystemType, isFilesystemType, planFilesystem } from '../domain/filesystem.ts'
import type { HostIdentity } from '../domain/host-identity.ts'
import type { Bytes, VolumeId } from '../domain/ids.ts'
import type { VolumeContext } from '../domain/volume-context.ts'
import { volumeNqn } from '../domain/volume-id.ts'
import type { Filesystem, Mount } from '../ports/filesystem.ts'
import type { Device, NvmeInitiator } from '../ports/nvme-initiator.ts'
import type { Logger } from '../ports/logger.ts'
import type { KeyedLock } from './keyed-lock.ts'
import { requireOwnMount } from './own-mount.ts'
import type { OperationLog } from './operation-log.ts'

export interface StageRequest {
  readonly volume: VolumeId
  readonly stagingPath: string
  readonly capability: Capability
  readonly context: VolumeContext
  /** Who this node is to the target, as the controller said. */
  readonly host: HostIdentity
  /** What the controller exported; a smaller device is another one. Undefined where it did not say. */
  readonly bytes: Bytes | undefined
}

interface Parts {
  readonly initiator: NvmeInitiator
  readonly filesystem: Filesystem
  readonly lock: KeyedLock
  readonly operations: OperationLog
  readonly log: Logger
}

/** Brings a volume to this node and takes it away again: NodeStageVolume and NodeUnstageVolume. */
export class Staging {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Connects, and mounts a file system at the staging path; a block volume leaves that path alone. Repeating is fine. */
  async stage(request: StageRequest, signal: AbortSignal): Promise<void> {
    const { lock, operations } = this.#parts
    await lock.tryRun(request.volume, () =>
      operations.record('stage', request.volume, () => this.#stage(request, signal)),
    )
  }

  /** Unmounts and disconnects. Refused while the volume is still published on this node. */
  async unstage(volume: VolumeId, stagingPath: string, signal: AbortSignal): Promise<void> {
    const { lock, operations } = this.#parts
    await lock.tryRun(volume, () =>
      operations.record('unstage', volume, () => this.#unstage(volume, stagingPath, signal)),
    )
  }

  async #stage(request: StageRequest, signal: AbortSignal): Promise<void> {
    const { initiator } = this.#parts
    const { context, host, stagingPath, capability } = request
    const target = { nqn: context.nqn, portals: context.portals, profile: context.profile, host }
    const mounted = capability.use === 'block' ? undefined : await this.#mountAt(stagingPath, signal)
    const { device, isNew } = await initiator.connect(target, signal)
    try {
      await this.#prepare(request, device, mounted, signal)
    } catch (error) {
      await this.#undo(request, { isNew, mayHaveMounted: capability.use !== 'block' && mounted === undefined })
      throw error
    }
  }

  /**
   * Undoes only what the failed call did: a session that was there before may be in use. A mount may have come about
   * although it failed; the session is left as long as one hangs on it.
   */
  async #undo(
    { volume, context, stagingPath }: StageRequest,
    { isNew, mayHaveMounted }: { readonly isNew: boolean; readonly mayHaveMounted: boolean },
  ): Promise<void> {
    const { initiator, filesystem, log } = this.#parts
    const limit = AbortSignal.timeout(UNDO_LIMIT)
    try {
      if (mayHaveMounted && (await this.#mountAt(stagingPath, limit)) !== undefined) {
        await filesystem.unmount(stagingPath, limit)
      }
      if (isNew) await initiator.disconnect(context.nqn, limit)
    } catch (error) {
      log.warn('what a failed stage had begun could not be undone', { volume, stagingPath, error })
    }
  }

  async #prepare(request: StageRequest, found: Device, mounted: Mount | undefined, signal: AbortSignal): Promise<void> {
    const { volume, stagingPath, capability, context } = request
    const device = await this.#proven(request, found, signal)
    if (capability.use === 'block') return
    const type = filesystemType(capability.fsType, context.fsType)
    const readOnly = isMountedReadOnly(capability)
    const { filesystem } = this.#parts
    if (mounted !== undefined) this.#sameStage(mounted, device, readOnly)
    else {
      await this.#makeMountable(volume, device, type, signal)
      const options = { type, flags: capability.mountFlags, readOnly }
      await filesystem.mount(device.path, stagingPath, options, signal)
    }
    // A volume that was made from a smaller one has its file system: nobody else tells the node to grow it.
    if (!readOnly) await filesystem.grow(device.path, stagingPath, type, signal)
  }

  /** The device, if it is as large as the volume. A session that is older than the volume's growth is asked anew. */
  async #proven({ volume, context, bytes }: StageRequest, found: Device, signal: AbortSignal): Promise<Device> {
    if (bytes === undefined || found.bytes >= bytes) return found
    const device = await this.#parts.initiator.rescan(context.nqn, signal)
    if (device.bytes >= bytes) return device
    throw new StorageError(
      'internal',
      `${device.path} has ${device.bytes} bytes, volume ${volume} has ${bytes}: this is another device; it is left alone`,
    )
  }

  #sameStage(mounted: Mount, device: Device, readOnly: boolean): void {
    if (mounted.device === device.path && mounted.kind === 'filesystem' && mounted.readOnly === readOnly) return
    throw new StorageError('conflict', `${mounted.path} holds another mount (${mounted.device}); unmount it first`)
  }

  async #makeMountable(volume: VolumeId, device: Device, type: FilesystemType, signal: AbortSignal): Promise<void> {
    const { filesystem } = this.#parts
    const plan = planFilesystem(await filesystem.probe(device.path, signal), type)
    switch (plan.do) {
      case 'format':
        return filesystem.format(device.path, plan.type, signal)
      case 'check':
        return filesystem.check(device.path, plan.type, signal)
      case 'refuse':
        throw new StorageError('precondition', `volume ${volume} is not mounted: ${plan.why}`)
    }
  }

  async #unstage(volume: VolumeId, stagingPath: string, signal: AbortSignal): Promise<void> {
    const { filesystem, initiator } = this.#parts
    const nqn = volumeNqn(volume)
    await requireOwnMount(this.#parts, volume, stagingPath, signal)
    const device = await initiator.device(nqn, signal)
    const staged = await this.#mountAt(stagingPath, signal)
    const source = staged?.device ?? device?.path
    const others = (await filesystem.mounts(signal)).filter(m => m.device === source && m.path !== stagingPath)
    if (source !== undefined && others.length > 0) {
      const where = others.map(mount => mount.path).join(', ')
      throw new StorageError(
        'precondition',
        `volume ${volume} is still published at ${where}; unpublish it there first`,
      )
    }
    await filesystem.unmount(stagingPath, signal)
    await initiator.disconnect(nqn, signal)
  }

  async #mountAt(path: string, signal: AbortSignal): Promise<Mount | undefined> {
    return (await this.#parts.filesystem.mounts(signal)).find(mount => mount.path === path)
  }
}

/** Undoing has a limit of its own: the caller's may have run out. */
const UNDO_LIMIT = 15_000

function filesystemType(asked: string | undefined, byClass: string | undefined): FilesystemType {
  const type = asked ?? byClass ?? DEFAULT_FILESYSTEM
  if (isFilesystemType(type)) return type
  throw new StorageError('invalid', `file system ${JSON.stringify(type)} is not served`)
}
