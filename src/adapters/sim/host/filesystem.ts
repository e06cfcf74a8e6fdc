import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { isStorageError, StorageError } from '../../../domain/errors.ts'
import type { FilesystemType, Probe } from '../../../domain/filesystem.ts'
import type { Filesystem, Mount, MountOptions, Usage } from '../../../ports/filesystem.ts'
import type { DeviceTable } from './device-table.ts'
import type { SimulatedDevice } from './device.ts'
import { InTurn } from './in-turn.ts'
import { SimulatedImage } from './image.ts'
import { removeMountPoint } from './mount-point.ts'
import { type MountEntry, type MountRequest, MountTable } from './mount-table.ts'
import { probeDevice } from './probe.ts'
import { encodeSuperblock, METADATA } from './superblock.ts'

/**
 * File systems and mounts without a kernel. A mounted directory holds a UNIX socket `volume.sock`, a published block
 * device is one: at it programs reach the bytes (see pod-io.ts). Mounts end with the process.
 */
export class SimulatedFilesystem implements Filesystem {
  readonly #devices: DeviceTable
  readonly #mounts = new MountTable()
  readonly #turns = new InTurn()

  constructor(devices: DeviceTable) {
    this.#devices = devices
  }

  async probe(device: string, signal: AbortSignal): Promise<Probe> {
    return probeDevice(this.#device(device), signal)
  }

  async format(path: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    const device = this.#device(path)
    const { found } = await probeDevice(device, signal)
    if (found !== 'blank')
      throw new StorageError('precondition', `${path} is not blank (${found}); it is not formatted`)
    if (device.bytes <= METADATA) throw new StorageError('precondition', `${path} has only ${device.bytes} bytes`)
    const superblock = { type, uuid: randomUUID(), size: device.bytes, used: METADATA }
    await device.write(0, encodeSuperblock(superblock), signal)
    await device.flush(signal)
  }

  async check(device: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    await SimulatedImage.open(this.#device(device), type, signal)
  }

  async mount(path: string, at: string, { type, flags, readOnly }: MountOptions, signal: AbortSignal): Promise<void> {
    const device = this.#device(path)
    const image = await this.#imageOn(device, type, signal)
    await this.#show({ path: at, device, image, readOnly: readOnly || flags.includes('ro') }, signal)
  }

  async bind(source: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    const { device, image, readOnly: sourceReadOnly } = this.#mountedFilesystem(source)
    await this.#show({ path: target, device, image, readOnly: readOnly || sourceReadOnly }, signal)
  }

  async bindDevice(path: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    await this.#show({ path: target, device: this.#device(path), image: undefined, readOnly }, signal)
  }

  async unmount(path: string, signal: AbortSignal): Promise<void> {
    await this.#inTurn(path, signal, async at => {
      await this.#mounts.remove(at)
      await removeMountPoint(at)
    })
  }

  async mounts(signal: AbortSignal): Promise<readonly Mount[]> {
    signal.throwIfAborted()
    return this.#mounts.list()
  }

  async usage(path: string, signal: AbortSignal): Promise<Usage> {
    return this.#mountedFilesystem(path).image.usage(signal)
  }

  async grow(path: string, at: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    const { device, image, readOnly } = this.#mountedFilesystem(at)
    if (device !== this.#device(path) || image.type !== type) {
      throw new StorageError('precondition', `${at} holds ${image.type} on ${device.path}, not ${type} on ${path}`)
    }
    if (readOnly) throw new StorageError('precondition', `${at} is mounted read-only and cannot grow`)
    await image.grow(signal)
  }

  /** Ends every mount, as the end of the process would. */
  close(): Promise<void> {
    return this.#mounts.close()
  }

  #show(request: MountRequest, signal: AbortSignal): Promise<void> {
    return this.#inTurn(request.path, signal, path => this.#mounts.add({ ...request, path }))
  }

  /** Work on one path at a time; what the machine itself refuses becomes a StorageError. */
  async #inTurn(path: string, signal: AbortSignal, work: (at: string) => Promise<void>): Promise<void> {
    const at = resolve(path)
    try {
      await this.#turns.run(at, signal, () => work(at))
    } catch (error) {
      signal.throwIfAborted()
      if (isStorageError(error)) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw new StorageError('internal', `${at}: ${why}`, { cause: error })
    }
  }

  /** A device that is there, live or dead. */
  #device(path: string): SimulatedDevice {
    const device = this.#devices.atPath(path)
    if (device !== undefined) return device
    throw new StorageError('unavailable', `there is no ${path} on this node (any more)`)
  }

  async #imageOn(device: SimulatedDevice, type: FilesystemType, signal: AbortSignal): Promise<SimulatedImage> {
    const mounted = this.#mounts.imageOf(device)
    return mounted?.type === type ? mounted : SimulatedImage.open(device, type, signal)
  }

  #mountedFilesystem(path: string): MountEntry & { readonly image: SimulatedImage } {
    const entry = this.#mounts.at(resolve(path))
    if (entry?.image !== undefined) return { ...entry, image: entry.image }
    throw new StorageError('precondition', `no file system is mounted at ${path}; stage the volume first`)
  }
}
