import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FILESYSTEM_TYPES } from '../../src/domain/filesystem.ts'
import type { Bytes } from '../../src/domain/ids.ts'
import type { Filesystem, MountOptions } from '../../src/ports/filesystem.ts'

/** The bytes that a program reaches at a path where a volume is mounted or bound. */
export interface VolumeBytes {
  readonly size: Bytes
  read(offset: number, length: number): Promise<Buffer>
  write(offset: number, data: Uint8Array): Promise<void>
  close(): Promise<void>
}

export interface OpenedFilesystem {
  readonly filesystem: Filesystem
  /** An empty directory for mounts. */
  readonly folder: string
  /** Path of a new blank device. */
  device(bytes: Bytes): Promise<string>
  /** Writes to a device past every file system. */
  scribble(device: string, offset: number, data: Uint8Array): Promise<void>
  /** Makes the device larger, as the node sees it. */
  enlarge(device: string, bytes: Bytes): Promise<void>
  /** From now on every read and write of it fails. */
  kill(device: string): Promise<void>
  bytesAt(path: string): Promise<VolumeBytes>
  close(): Promise<void>
}

const MIB = 1024 ** 2
const options = (changes: Partial<MountOptions> = {}): MountOptions => ({
  type: 'ext4',
  flags: [],
  readOnly: false,
  ...changes,
})
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
const refused = { kind: 'precondition' }

/** What file systems and mounts of a node promise, whatever is behind them. */
export function filesystemContract(name: string, open: () => Promise<OpenedFilesystem>): void {
  describe(`file systems: ${name}`, () => {
    let opened: OpenedFilesystem
    let filesystem: Filesystem
    let staging: string
    let target: string
    const signal = AbortSignal.timeout(120_000)
    beforeEach(async () => {
      opened = await open()
      filesystem = opened.filesystem
      staging = join(opened.folder, 'staging', 'globalmount')
      target = join(opened.folder, 'pods', 'uid', 'mount')
    })
    afterEach(() => opened.close())

    async function formatted(bytes = 64 * MIB): Promise<string> {
      const device = await opened.device(bytes)
      await filesystem.format(device, 'ext4', signal)
      return device
    }

    async function mounted(changes: Partial<MountOptions> = {}): Promise<string> {
      const device = await formatted()
      await filesystem.mount(device, staging, options(changes), signal)
      return device
    }

    async function withBytes<T>(path: string, task: (bytes: VolumeBytes) => Promise<T>): Promise<T> {
      const bytes = await opened.bytesAt(path)
      try {
        return await task(bytes)
      } finally {
        await bytes.close()
      }
    }
    const writeAt = (path: string, text: string, offset = 0) =>
      withBytes(path, bytes => bytes.write(offset, Buffer.from(text)))
    const readAt = (path: string, length: number, offset = 0) =>
      withBytes(path, async bytes => (await bytes.read(offset, length)).toString())

    describe('probing', () => {
      it('finds a new device blank', async () => {
        expect(await filesystem.probe(await opened.device(64 * MIB), signal)).toEqual({ found: 'blank' })
      })

      it.each([0, 1, 511, 4096, MIB - 1, MIB, 20_000_003, 32 * MIB, 63 * MIB - 1, 63 * MIB, 64 * MIB - 1])(
        'never takes a device for blank with one byte at %d',
        async offset => {
          const device = await opened.device(64 * MIB)
          await opened.scribble(device, offset, Buffer.from([1]))
          expect((await filesystem.probe(device, signal)).found).toBe('unreadable')
        },
      )

      it('finds a device blank again once all that was written is zeros', async () => {
        const device = await opened.device(64 * MIB)
        await opened.scribble(device, 32 * MIB, Buffer.from([1]))
        await opened.scribble(device, 32 * MIB, Buffer.from([0]))
        expect(await filesystem.probe(device, signal)).toEqual({ found: 'blank' })
      })

      it.each(FILESYSTEM_TYPES)('finds the %s that was made', async type => {
        const device = await opened.device(512 * MIB)
        await filesystem.format(device, type, signal)
        expect(await filesystem.probe(device, signal)).toEqual({ found: 'filesystem', type })
      })
    })

    describe('formatting', () => {
      it.each([4096, 32 * MIB])('is refused where there is data, at %d, and changes nothing', async offset => {
        const device = await opened.device(64 * MIB)
        await opened.scribble(device, offset, Buffer.from('precious'))
        await expect(filesystem.format(device, 'ext4', signal)).rejects.toMatchObject(refused)
        expect((await filesystem.probe(device, signal)).found).toBe('unreadable')
        await filesystem.bindDevice(device, target, true, signal)
        expect(await readAt(target, 8, offset)).toBe('precious')
      })

      it('is refused where there is a file system already, of the same kind too', async () => {
        const device = await formatted()
        await expect(filesystem.format(device, 'ext4', signal)).rejects.toMatchObject(refused)
        await expect(filesystem.format(device, 'xfs', signal)).rejects.toMatchObject(refused)
        expect(await filesystem.probe(device, signal)).toEqual({ found: 'filesystem', type: 'ext4' })
      })
    })

    describe('checking', () => {
      it('passes a sound file system, and refuses a blank device or another kind', async () => {
        await expect(filesystem.check(await formatted(), 'ext4', signal)).resolves.toBeUndefined()
        await expect(filesystem.check(await opened.device(64 * MIB), 'ext4', signal)).rejects.toMatchObject(refused)
        await expect(filesystem.check(await formatted(), 'xfs', signal)).rejects.toMatchObject(refused)
      })
    })

    describe('mounting', () => {
      it('makes the directory, is listed, and holds what was written before', async () => {
        const device = await mounted()
        expect(await filesystem.mounts(signal)).toEqual([
          { path: staging, device, kind: 'filesystem', readOnly: false },
        ])
        await writeAt(staging, 'hello', 5 * MIB)
        await filesystem.unmount(staging, signal)
        await filesystem.mount(device, staging, options(), signal)
        expect(await readAt(staging, 5, 5 * MIB)).toBe('hello')
      })

      it('is refused where something is mounted: mounts are never stacked', async () => {
        const device = await mounted()
        await expect(filesystem.mount(device, staging, options(), signal)).rejects.toMatchObject(refused)
        await expect(filesystem.mount(await formatted(), staging, options(), signal)).rejects.toMatchObject(refused)
        expect(await filesystem.mounts(signal)).toHaveLength(1)
      })

      it('is refused over anything that is not an empty directory, which stays as it was', async () => {
        await mkdir(staging, { recursive: true })
        await writeFile(join(staging, 'notes.txt'), 'mine')
        await expect(filesystem.mount(await formatted(), staging, options(), signal)).rejects.toMatchObject(refused)
        await expect(
          filesystem.mount(await formatted(), join(staging, 'notes.txt'), options(), signal),
        ).rejects.toMatchObject(refused)
        expect(await readFile(join(staging, 'notes.txt'), 'utf8')).toBe('mine')
        expect(await filesystem.mounts(signal)).toEqual([])
      })

      it('is refused for a device without that file system', async () => {
        const blank = await opened.device(64 * MIB)
        await expect(filesystem.mount(blank, staging, options(), signal)).rejects.toMatchObject(refused)
        const other = await formatted()
        await expect(filesystem.mount(other, staging, options({ type: 'xfs' }), signal)).rejects.toMatchObject(refused)
      })

      it('read-only lets nobody write', async () => {
        await mounted({ readOnly: true })
        await expect(writeAt(staging, 'no')).rejects.toThrow(/read-only/i)
        expect(await filesystem.mounts(signal)).toMatchObject([{ readOnly: true }])
      })
    })

    describe('binding', () => {
      it('shows the same bytes at a second path, for as long as that is mounted', async () => {
        const device = await mounted()
        await filesystem.bind(staging, target, false, signal)
        await writeAt(target, 'shared')
        expect(await readAt(staging, 6)).toBe('shared')
        expect(await filesystem.mounts(signal)).toEqual([
          { path: staging, device, kind: 'filesystem', readOnly: false },
          { path: target, device, kind: 'filesystem', readOnly: false },
        ])
        await filesystem.unmount(target, signal)
        expect(await readAt(staging, 6)).toBe('shared')
      })

      it('read-only lets nobody write there, and is never more than its source', async () => {
        await mounted()
        await filesystem.bind(staging, target, true, signal)
        await expect(writeAt(target, 'no')).rejects.toThrow(/read-only/i)
        await writeAt(staging, 'yes')
        expect(await readAt(target, 3)).toBe('yes')
      })

      it('is refused where nothing is mounted at the source, or something at the target', async () => {
        await expect(filesystem.bind(staging, target, false, signal)).rejects.toMatchObject(refused)
        await mounted()
        await filesystem.bind(staging, target, false, signal)
        await expect(filesystem.bind(staging, target, false, signal)).rejects.toMatchObject(refused)
      })
    })

    describe('binding a device', () => {
      it('shows its bytes at a path, which is no directory', async () => {
        const device = await opened.device(64 * MIB)
        await filesystem.bindDevice(device, target, false, signal)
        expect((await stat(target)).isDirectory()).toBe(false)
        expect(await withBytes(target, async bytes => bytes.size)).toBe(64 * MIB)
        await writeAt(target, 'raw', 64 * MIB - 3)
        expect(await readAt(target, 3, 64 * MIB - 3)).toBe('raw')
        expect(await filesystem.mounts(signal)).toEqual([{ path: target, device, kind: 'block', readOnly: false }])
        await filesystem.unmount(target, signal)
        expect(await exists(target)).toBe(false)
      })

      it('read-only lets nobody write', async () => {
        await filesystem.bindDevice(await opened.device(64 * MIB), target, true, signal)
        await expect(writeAt(target, 'no')).rejects.toThrow(/read-only/i)
      })

      it('is refused where something is, which stays', async () => {
        await mkdir(target, { recursive: true })
        await expect(filesystem.bindDevice(await opened.device(MIB), target, false, signal)).rejects.toMatchObject(
          refused,
        )
        const file = join(target, 'file')
        await writeFile(file, 'mine')
        await expect(filesystem.bindDevice(await opened.device(MIB), file, false, signal)).rejects.toMatchObject(
          refused,
        )
        expect(await readFile(file, 'utf8')).toBe('mine')
      })
    })

    describe('unmounting', () => {
      it('takes the mount and the empty directory away, and leaves the parent', async () => {
        await mounted()
        await filesystem.unmount(staging, signal)
        expect(await filesystem.mounts(signal)).toEqual([])
        expect(await exists(staging)).toBe(false)
        expect(await readdir(join(opened.folder, 'staging'))).toEqual([])
      })

      it('is success where nothing is, again too', async () => {
        await mounted()
        await filesystem.unmount(staging, signal)
        await filesystem.unmount(staging, signal)
        await filesystem.unmount(join(opened.folder, 'never', 'there'), signal)
      })

      it('takes away an empty directory or file that was left there', async () => {
        await mkdir(staging, { recursive: true })
        await filesystem.unmount(staging, signal)
        await writeFile(staging, '')
        await filesystem.unmount(staging, signal)
        expect(await exists(staging)).toBe(false)
      })

      it('never removes what somebody put there, and says so', async () => {
        await mkdir(join(staging, 'deep'), { recursive: true })
        await expect(filesystem.unmount(staging, signal)).rejects.toMatchObject(refused)
        const file = join(staging, 'notes.txt')
        await writeFile(file, 'mine')
        await expect(filesystem.unmount(file, signal)).rejects.toMatchObject(refused)
        expect(await readdir(staging)).toEqual(['deep', 'notes.txt'])
      })

      it('works on a device that is dead', async () => {
        const device = await mounted()
        await opened.kill(device)
        await filesystem.unmount(staging, signal)
        expect(await filesystem.mounts(signal)).toEqual([])
      })
    })

    describe('usage', () => {
      it('adds up, fits the device, and grows with what is written', async () => {
        await mounted()
        const { bytes: before } = await filesystem.usage(staging, signal)
        expect(before.total).toBeGreaterThan(48 * MIB)
        expect(before.total).toBeLessThanOrEqual(64 * MIB)
        expect(before.used + before.available).toBeLessThanOrEqual(before.total)
        await withBytes(staging, bytes => bytes.write(0, Buffer.alloc(8 * MIB, 1)))
        const { bytes: after } = await filesystem.usage(staging, signal)
        expect(after.used - before.used).toBeGreaterThanOrEqual(8 * MIB)
        expect(after.total).toBe(before.total)
      })

      it('of a path where nothing is mounted is refused', async () => {
        await expect(filesystem.usage(staging, signal)).rejects.toMatchObject(refused)
      })
    })

    describe('growing', () => {
      it('fills the larger device and keeps the data; again is fine', async () => {
        const device = await mounted()
        await writeAt(staging, 'kept')
        const { bytes: before } = await filesystem.usage(staging, signal)
        await opened.enlarge(device, 128 * MIB)
        expect((await filesystem.usage(staging, signal)).bytes.total).toBe(before.total)
        await filesystem.grow(device, staging, 'ext4', signal)
        await filesystem.grow(device, staging, 'ext4', signal)
        const { bytes: after } = await filesystem.usage(staging, signal)
        expect(after.total - before.total).toBeGreaterThan(48 * MIB)
        expect(await readAt(staging, 4)).toBe('kept')
      })

      it('is refused where that device is not mounted', async () => {
        const device = await formatted()
        await expect(filesystem.grow(device, staging, 'ext4', signal)).rejects.toMatchObject(refused)
      })
    })

    describe('a device that is dead or gone', () => {
      it('is unavailable to everything that needs it, and never blank', async () => {
        const device = await mounted()
        const blank = await opened.device(64 * MIB)
        await opened.kill(device)
        await opened.kill(blank)
        const unavailable = { kind: 'unavailable' }
        await expect(filesystem.probe(blank, signal)).rejects.toMatchObject(unavailable)
        await expect(filesystem.format(blank, 'ext4', signal)).rejects.toMatchObject(unavailable)
        await expect(filesystem.check(device, 'ext4', signal)).rejects.toMatchObject(unavailable)
        await expect(filesystem.mount(blank, target, options(), signal)).rejects.toMatchObject(unavailable)
        await expect(filesystem.usage(staging, signal)).rejects.toMatchObject(unavailable)
        await expect(filesystem.probe('/dev/nvme99n1', signal)).rejects.toMatchObject(unavailable)
        await expect(readAt(staging, 1)).rejects.toThrow()
      })
    })

    describe('a signal that has aborted', () => {
      it('ends everything with its reason, and nothing is done', async () => {
        const device = await formatted()
        const over = AbortSignal.abort(new Error('too late'))
        await expect(filesystem.probe(device, over)).rejects.toThrow('too late')
        await expect(filesystem.mount(device, staging, options(), over)).rejects.toThrow('too late')
        await expect(filesystem.bindDevice(device, target, false, over)).rejects.toThrow('too late')
        await expect(filesystem.unmount(staging, over)).rejects.toThrow('too late')
        await expect(filesystem.mounts(over)).rejects.toThrow('too late')
        expect(await filesystem.mounts(signal)).toEqual([])
      })
    })
  })
}
