import { type Capability, isMountedReadOnly } from '../domain/capability.ts'
import { StorageError } from '../domain/errors.ts'
import type { VolumeId } from '../domain/ids.ts'
import { volumeNqn } from '../domain/volume-id.ts'
import type { Filesystem, Mount } from '../ports/filesystem.ts'
import type { Device, NvmeInitiator } from '../ports/nvme-initiator.ts'
import type { KeyedLock } from './keyed-lock.ts'
import { requireOwnMount } from './own-mount.ts'
import type { OperationLog } from './operation-log.ts'

export interface NodePublishRequest {
  readonly volume: VolumeId
  readonly stagingPath: string
  readonly targetPath: string
  readonly capability: Capability
  readonly readOnly: boolean
}

interface Parts {
  readonly initiator: NvmeInitiator
  readonly filesystem: Filesystem
  readonly lock: KeyedLock
  readonly operations: OperationLog
}

/** Gives a staged volume to a pod and takes it back: NodePublishVolume and NodeUnpublishVolume. */
export class Publishing {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Makes the volume visible at the pod's path. The same again is fine; something else there is a conflict. */
  async publish(request: NodePublishRequest, signal: AbortSignal): Promise<void> {
    const { lock, operations } = this.#parts
    await lock.tryRun(request.volume, () =>
      operations.record('publish', request.volume, () => this.#publish(request, signal)),
    )
  }

  /** Success if nothing is there. Only what is mounted at the path goes, never what is inside. */
  async unpublish(volume: VolumeId, targetPath: string, signal: AbortSignal): Promise<void> {
    const { lock, operations, filesystem } = this.#parts
    await lock.tryRun(volume, () =>
      operations.record('unpublish', volume, async () => {
        await requireOwnMount(this.#parts, volume, targetPath, signal)
        await filesystem.unmount(targetPath, signal)
      }),
    )
  }

  async #publish(request: NodePublishRequest, signal: AbortSignal): Promise<void> {
    const { filesystem } = this.#parts
    const { capability, targetPath, stagingPath } = request
    const readOnly = request.readOnly || isMountedReadOnly(capability)
    const device = await this.#stagedDevice(request.volume, signal)
    const mounts = await filesystem.mounts(signal)
    const kind = capability.use === 'block' ? 'block' : 'filesystem'
    if (alreadyPublished(mounts, targetPath, { device: device.path, kind, readOnly })) return
    const others = mounts.filter(({ device: at, path }) => at === device.path && path !== stagingPath)
    refuseSecondWriter(request, others)
    if (capability.use === 'block') {
      refuseMounted(request.volume, mounts, device)
      return filesystem.bindDevice(device.path, targetPath, readOnly, signal)
    }
    const staged = mounts.find(mount => mount.path === stagingPath)
    if (staged?.device !== device.path) {
      throw new StorageError('precondition', `${stagingPath} does not hold volume ${request.volume}; stage it first`)
    }
    await filesystem.bind(stagingPath, targetPath, readOnly, signal)
  }

  async #stagedDevice(volume: VolumeId, signal: AbortSignal): Promise<Device> {
    const device = await this.#parts.initiator.device(volumeNqn(volume), signal)
    if (device !== undefined) return device
    throw new StorageError('precondition', `volume ${volume} has no live session on this node; stage it first`)
  }
}

/** True if exactly this is there already. */
function alreadyPublished(mounts: readonly Mount[], path: string, want: Omit<Mount, 'path'>): boolean {
  const there = mounts.findLast(mount => mount.path === path)
  if (there === undefined) return false
  const same = there.device === want.device && there.kind === want.kind && there.readOnly === want.readOnly
  if (same) return true
  throw new StorageError(
    'conflict',
    `${path} is in use (${there.device}, ${there.kind}${there.readOnly ? ', read-only' : ''}); unpublish it first`,
  )
}

/** A volume for a single writer is given to one pod at a time. */
function refuseSecondWriter({ volume, capability }: NodePublishRequest, others: readonly Mount[]): void {
  if (capability.mode !== 'SINGLE_NODE_SINGLE_WRITER' || others.length === 0) return
  const where = others.map(mount => mount.path).join(', ')
  throw new StorageError(
    'precondition',
    `volume ${volume} is for a single writer (SINGLE_NODE_SINGLE_WRITER) and is published at ${where}; unpublish it there first`,
  )
}

/** Writing to a device below a mounted file system destroys it. */
function refuseMounted(volume: VolumeId, mounts: readonly Mount[], { path }: Device): void {
  const mounted = mounts.find(mount => mount.device === path && mount.kind === 'filesystem')
  if (mounted === undefined) return
  throw new StorageError(
    'precondition',
    `volume ${volume} is mounted as a file system at ${mounted.path}: it is not given away as a block device`,
  )
}
