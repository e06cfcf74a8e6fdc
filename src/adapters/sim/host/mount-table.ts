import { join } from 'node:path'
import { StorageError } from '../../../domain/errors.ts'
import type { Mount } from '../../../ports/filesystem.ts'
import type { SimulatedDevice } from './device.ts'
import type { SimulatedImage } from './image.ts'
import { clearForSocket, makeDirectory, VOLUME_SOCKET } from './mount-point.ts'
import { type BlockStore, Relay } from './relay.ts'

/** One thing to be mounted; a file system has an image, a bound block device has none. */
export interface MountRequest {
  readonly path: string
  readonly device: SimulatedDevice
  readonly image: SimulatedImage | undefined
  readonly readOnly: boolean
}

export interface MountEntry extends MountRequest {
  readonly relay: Relay
}

/** What this host has mounted, in the order of mounting. It lives as long as the process. */
export class MountTable {
  readonly #entries: MountEntry[] = []

  /** Shows the volume at a path where nothing is mounted yet; refused (`precondition`) where something is. */
  async add(request: MountRequest): Promise<void> {
    const { path, image, device, readOnly } = request
    if (this.at(path) !== undefined) {
      throw new StorageError('precondition', `${path} has a mount already; unmount it first`)
    }
    const store = image ?? blockStore(device)
    await (image === undefined ? clearForSocket(path) : makeDirectory(path))
    const socket = image === undefined ? path : join(path, VOLUME_SOCKET)
    const relay = await Relay.listen(readOnly ? readOnlyStore(store, path) : store, socket)
    this.#entries.push({ ...request, relay })
  }

  /** Forgets the mount and ends its connections. Does nothing where there is none. */
  async remove(path: string): Promise<void> {
    const entry = this.at(path)
    if (entry === undefined) return
    this.#entries.splice(this.#entries.indexOf(entry), 1)
    await entry.relay.close()
  }

  at(path: string): MountEntry | undefined {
    return this.#entries.find(entry => entry.path === path)
  }

  /** The image of a file system that is mounted already. */
  imageOf(device: SimulatedDevice): SimulatedImage | undefined {
    return this.#entries.find(entry => entry.device === device && entry.image !== undefined)?.image
  }

  list(): readonly Mount[] {
    return this.#entries.map(({ path, device, image, readOnly }) => {
      return { path, device: device.path, kind: image === undefined ? 'block' : 'filesystem', readOnly }
    })
  }

  /** Ends every connection; what is at the paths stays as a killed process would leave it, save the sockets. */
  async close(): Promise<void> {
    await Promise.all(this.#entries.splice(0).map(entry => entry.relay.close()))
  }
}

const blockStore = (device: SimulatedDevice): BlockStore => ({
  size: () => device.bytes,
  read: (offset, length, signal) => device.read(offset, length, signal),
  write: (offset, data, signal) => device.write(offset, data, signal),
  flush: signal => device.flush(signal),
})

const readOnlyStore = (store: BlockStore, path: string): BlockStore => ({
  size: () => store.size(),
  read: (offset, length, signal) => store.read(offset, length, signal),
  write: () => Promise.reject(new StorageError('precondition', `${path} is read-only`)),
  flush: async () => undefined,
})
