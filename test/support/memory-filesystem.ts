import { StorageError } from '../../src/domain/errors.ts'
import type { FilesystemType, Probe } from '../../src/domain/filesystem.ts'
import type { Filesystem, Mount, MountOptions, Usage } from '../../src/ports/filesystem.ts'
import { MemoryScript } from './memory-script.ts'

const USAGE: Usage = {
  bytes: { total: 1_000_000, used: 250_000, available: 700_000 },
  inodes: { total: 1000, used: 11, available: 989 },
}

/**
 * The table of mounts, and what is on devices, in memory. A device of which nothing is known is blank. It touches no
 * directory, holds no bytes and knows no devices, so it cannot pass filesystem.contract.ts, which needs all three; the
 * refusals that do not depend on them are the same and in memory-filesystem.spec.ts.
 */
export class MemoryFilesystem implements Filesystem {
  readonly script = new MemoryScript()
  readonly contents = new Map<string, Probe>()
  readonly table: Mount[] = []
  /** The options of the last mount. */
  options: MountOptions | undefined

  /** What was done, looking left aside. */
  get changes(): readonly string[] {
    return this.script.calls.filter(call => !/^(probe|mounts|usage)\b/.test(call))
  }

  async probe(device: string, signal: AbortSignal): Promise<Probe> {
    await this.script.enter('probe', device, signal)
    return this.contents.get(device) ?? { found: 'blank' }
  }

  async format(device: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    await this.script.enter('format', `${device} ${type}`, signal)
    if ((this.contents.get(device) ?? { found: 'blank' }).found !== 'blank') {
      throw new StorageError('precondition', `${device} is not blank`)
    }
    this.contents.set(device, { found: 'filesystem', type })
  }

  async check(device: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    await this.script.enter('check', `${device} ${type}`, signal)
    this.#requireFilesystem(device, type)
  }

  async mount(device: string, path: string, options: MountOptions, signal: AbortSignal): Promise<void> {
    await this.script.enter('mount', `${device} ${path}`, signal)
    this.#requireFilesystem(device, options.type)
    this.#requireFree(path)
    this.options = options
    const readOnly = options.readOnly || options.flags.includes('ro')
    this.table.push({ path, device, kind: 'filesystem', readOnly })
  }

  async bind(source: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    await this.script.enter('bind', `${source} ${target}`, signal)
    const from = this.#filesystemAt(source)
    this.#requireFree(target)
    this.table.push({ ...from, path: target, readOnly: readOnly || from.readOnly })
  }

  async bindDevice(device: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    await this.script.enter('bindDevice', `${device} ${target}`, signal)
    this.#requireFree(target)
    this.table.push({ path: target, device, kind: 'block', readOnly })
  }

  async unmount(path: string, signal: AbortSignal): Promise<void> {
    await this.script.enter('unmount', path, signal)
    const index = this.table.findLastIndex(mount => mount.path === path)
    if (index >= 0) this.table.splice(index, 1)
  }

  async mounts(signal: AbortSignal): Promise<readonly Mount[]> {
    await this.script.enter('mounts', '', signal)
    return [...this.table]
  }

  async usage(path: string, signal: AbortSignal): Promise<Usage> {
    await this.script.enter('usage', path, signal)
    this.#filesystemAt(path)
    return USAGE
  }

  async grow(device: string, path: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    await this.script.enter('grow', `${device} ${path} ${type}`, signal)
    this.#requireFilesystem(device, type)
    if (this.#filesystemAt(path).device !== device) throw new StorageError('precondition', `${path} is not ${device}`)
  }

  #requireFilesystem(device: string, type: FilesystemType): void {
    const there = this.contents.get(device)
    if (there?.found === 'filesystem' && there.type === type) return
    throw new StorageError('precondition', `${device} holds no ${type}`)
  }

  /** Mounts are never stacked. */
  #requireFree(path: string): void {
    if (this.table.some(mount => mount.path === path)) throw new StorageError('precondition', `${path} is a mount`)
  }

  #filesystemAt(path: string): Mount {
    const mount = this.table.find(each => each.path === path)
    if (mount?.kind === 'filesystem') return mount
    throw new StorageError('precondition', `no file system is mounted at ${path}`)
  }
}
