import { StorageError } from '../domain/errors.ts'
import type { VolumeId } from '../domain/ids.ts'
import { volumeNqn, volumeOfNqn } from '../domain/volume-id.ts'
import type { Filesystem } from '../ports/filesystem.ts'
import type { NvmeInitiator } from '../ports/nvme-initiator.ts'

/** Throws `precondition` where another volume of ours is mounted at the path: it is in use there and is left alone. */
export async function requireOwnMount(
  { initiator, filesystem }: { readonly initiator: NvmeInitiator; readonly filesystem: Filesystem },
  volume: VolumeId,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const mounted = (await filesystem.mounts(signal)).findLast(mount => mount.path === path)
  if (mounted === undefined) return
  for (const nqn of initiator.sessions()) {
    if (nqn === volumeNqn(volume)) continue
    const device = await initiator.device(nqn, signal)
    if (device?.path === mounted.device) {
      throw new StorageError('precondition', `${path} holds volume ${volumeOfNqn(nqn) ?? nqn}, not ${volume}`)
    }
  }
}
