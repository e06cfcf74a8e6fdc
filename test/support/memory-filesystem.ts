import { StorageError } from '../../src/domain/errors.ts'
import type { FilesystemType, Probe } from '../../src/domain/filesystem.ts'
import type { Filesystem, Mount, MountOptions, Usage } from '../../src/ports/filesystem.ts'
import { MemoryScript } from './memory-script.ts'

const USAGE: Usage = {
  bytes: { total: 1_000_000, used: 250_000, available: 700_000 },
  inodes: { total: 1000, used: 11, available: 989 },
}

/** Mounts and what is on devices, in memory. A device of which nothing is known is blank. */
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
  }

  async mount(device: string, path: string, options: MountOptions, signal: AbortSignal): Promise<void> {
    await this.script.enter('mount', `${device} ${path}`, signal)
    this.options = options
    const readOnly = options.readOnly || options.flags.includes('ro')
    this.table.push({ path, device, kind: 'filesystem', readOnly })
  }

  async bind(source: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    await this.script.enter('bind', `${source} ${target}`, signal)
    const from = this.table.findLast(mount => mount.path === source)
    if (from === undefined) throw new StorageError('precondition', `${source} is no mount`)
    this.table.push({ ...from, path: target, readOnly: readOnly || from.readOnly })
  }

  async bindDevice(device: string, target: string, readOnly: boolean, signal: AbortSignal): Promise<void> {
    await this.script.enter('bindDevice', `${device} ${target}`, signal)
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
    return USAGE
  }

  async grow(device: string, path: string, type: FilesystemType, signal: AbortSignal): Promise<void> {
    await this.script.enter('grow', `${device} ${path} ${type}`, signal)
  }
}
