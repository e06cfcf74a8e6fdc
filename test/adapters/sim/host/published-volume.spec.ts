import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstat, mkdir, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPublished } from '../../../../src/adapters/sim/host/pod-io.ts'
import { startHostWithDevices } from './host-with-devices.ts'

const MIB = 1024 ** 2
const signal = AbortSignal.timeout(60_000)
const run = promisify(execFile)
const EXT4 = { type: 'ext4', flags: [], readOnly: false } as const

let host: Awaited<ReturnType<typeof startHostWithDevices>>
beforeEach(async () => {
  host = await startHostWithDevices()
})
afterEach(() => host.close())

/** A block volume, published at the path. */
async function published(path: string, readOnly = false): Promise<string> {
  const device = await host.device(8 * MIB)
  await host.filesystem.bindDevice(device, path, readOnly, signal)
  return device
}

describe('a published volume', () => {
  it('is reached by a pod in another process', async () => {
    const path = join(host.folder, 'pod')
    const device = await published(path)
    const script = `
      import { openPublished } from './src/adapters/sim/host/pod-io.ts'
      const volume = await openPublished(process.argv[1])
      await volume.write(volume.size - 5, Buffer.from('hello'))
      await volume.flush()
      await volume.close()`
    await run(process.execPath, ['--input-type=module', '-e', script, path])
    expect((await host.at(device).read(8 * MIB - 5, 5, signal)).toString()).toBe('hello')
  })

  it('takes transfers larger than a frame, many at once', async () => {
    const path = join(host.folder, 'pod')
    await published(path)
    const volume = await openPublished(path)
    const data = Buffer.alloc(5 * MIB + 3, 'abcdefg')
    await volume.write(MIB - 1, data)
    const [read, zeros] = await Promise.all([volume.read(MIB - 1, data.length), volume.read(7 * MIB, 10)])
    expect(read.equals(data)).toBe(true)
    expect(zeros).toEqual(Buffer.alloc(10))
    await volume.close()
  })

  it('fails clearly while its session is dead, and goes on when that is back', async () => {
    const path = join(host.folder, 'pod')
    const device = await published(path)
    const volume = await openPublished(path)
    await host.kill(device)
    const failure = { code: 'cut', message: expect.stringContaining(`input/output error on ${device}`) }
    await expect(volume.write(0, Buffer.from('late'))).rejects.toMatchObject(failure)
    await expect(volume.read(0, 1)).rejects.toMatchObject(failure)
    await expect(volume.flush()).rejects.toMatchObject(failure)
    await host.target.restore(host.at(device).nqn)
    await expect.poll(() => host.pass(1).then(() => host.at(device).live)).toBe(true)
    await volume.write(0, Buffer.from('back'))
    expect((await volume.read(0, 4)).toString()).toBe('back')
    await volume.close()
  })

  it('refuses what lies beyond its end', async () => {
    const path = join(host.folder, 'pod')
    await published(path)
    const volume = await openPublished(path)
    await expect(volume.read(8 * MIB - 1, 2)).rejects.toMatchObject({ code: 'out-of-range' })
    await expect(volume.write(-1, Buffer.alloc(1))).rejects.toMatchObject({ code: 'refused' })
    await volume.close()
  })

  it('ends for those who have it open when it is unmounted', async () => {
    const path = join(host.folder, 'pod')
    await published(path)
    const volume = await openPublished(path)
    await host.filesystem.unmount(path, signal)
    await expect(volume.read(0, 1)).rejects.toMatchObject({ code: 'cut' })
    await volume.close()
    await expect(openPublished(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('keeps the metadata of a file system out of reach', async () => {
    const device = await host.device(8 * MIB)
    await host.filesystem.format(device, 'xfs', signal)
    await host.filesystem.mount(device, join(host.folder, 'm'), { ...EXT4, type: 'xfs' }, signal)
    const volume = await openPublished(join(host.folder, 'm'))
    expect(volume.size).toBe(7 * MIB)
    await volume.write(0, Buffer.alloc(volume.size, 0xff))
    await expect(volume.write(volume.size, Buffer.from([1]))).rejects.toMatchObject({ code: 'out-of-range' })
    await volume.close()
    expect(await host.filesystem.probe(device, signal)).toEqual({ found: 'filesystem', type: 'xfs' })
    const { bytes } = await host.filesystem.usage(join(host.folder, 'm'), signal)
    expect(bytes).toEqual({ total: 8 * MIB, used: 8 * MIB, available: 0 })
  })

  it('is read-only where a mount flag says so', async () => {
    const device = await host.device(8 * MIB)
    await host.filesystem.format(device, 'ext4', signal)
    await host.filesystem.mount(device, join(host.folder, 'm'), { ...EXT4, flags: ['ro'] }, signal)
    await expect(host.filesystem.grow(device, join(host.folder, 'm'), 'ext4', signal)).rejects.toThrow('read-only')
    expect(await host.filesystem.mounts(signal)).toMatchObject([{ readOnly: true }])
  })
})

describe('the paths of kubelet', () => {
  const long = join('plugins/kubernetes.io/csi/volumeDevices/publish/pvc-11111111-2222-4333-8444-555555555555')
  const pod = '99999999-8888-4777-8666-555555555555'

  it('may be longer than a UNIX socket, for block and for file system', async () => {
    const block = join(host.folder, long, pod)
    expect(block.length).toBeGreaterThan(107)
    const device = await published(block)
    expect((await lstat(block)).isSocket()).toBe(true)
    const volume = await openPublished(block)
    await volume.write(0, Buffer.from('far away'))
    await volume.close()
    expect((await host.at(device).read(0, 8, signal)).toString()).toBe('far away')
    await host.filesystem.unmount(block, signal)
    expect(await readdir(join(host.folder, long))).toEqual([])
    await host.scribble(device, 0, Buffer.alloc(8))
    await host.filesystem.format(device, 'ext4', signal)
    await host.filesystem.mount(device, block, EXT4, signal)
    expect(await readdir(block)).toEqual(['volume.sock'])
    await host.filesystem.unmount(block, signal)
  })

  it('must have a last name that fits; otherwise that is said', async () => {
    const path = join(host.folder, 'x'.repeat(120))
    const device = await host.device(MIB)
    await expect(host.filesystem.bindDevice(device, path, false, signal)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('too long for a UNIX socket'),
    })
    expect(await readdir(host.folder)).toEqual([])
  })
})

describe('what a killed node leaves behind', () => {
  /** Sockets at these paths that nobody serves any more, as after kill -9. */
  async function leave(...paths: readonly string[]): Promise<void> {
    const script = `
      const { createServer } = require('node:net')
      const { once } = require('node:events')
      const listening = process.argv.slice(1).map(path => once(createServer().listen(path), 'listening'))
      Promise.all(listening).then(() => process.stdout.write('up'))`
    const child = spawn(process.execPath, ['-e', script, ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  it('is in nobody’s way, neither for mounting nor for unmounting', async () => {
    const mount = join(host.folder, 'm')
    const block = join(host.folder, 'b')
    const other = join(host.folder, 'other')
    await mkdir(mount)
    await mkdir(other)
    await leave(join(mount, 'volume.sock'), join(other, 'volume.sock'), block)
    await published(block)
    const device = await host.device(8 * MIB)
    await host.filesystem.format(device, 'ext4', signal)
    await host.filesystem.mount(device, mount, EXT4, signal)
    await host.filesystem.unmount(other, signal)
    expect((await readdir(host.folder)).toSorted((a, b) => a.localeCompare(b))).toEqual(['b', 'm'])
  })

  it('is not taken from a process that lives', async () => {
    const path = join(host.folder, 'b')
    const server = createServer().listen(path)
    await once(server, 'listening')
    await expect(published(path)).rejects.toMatchObject({ kind: 'precondition' })
    await expect(host.filesystem.unmount(path, signal)).rejects.toMatchObject({ kind: 'precondition' })
    server.close()
  })
})

describe('a damaged superblock', () => {
  it.each([
    ['in its checksum', 16],
    ['in its text', 30],
  ])('%s is neither blank nor a file system, and is not mounted', async (_, offset) => {
    const device = await host.device(8 * MIB)
    await host.filesystem.format(device, 'ext4', signal)
    const [byte = 0] = await host.at(device).read(offset, 1, signal)
    await host.scribble(device, offset, Buffer.from([byte ^ 0xff]))
    expect(await host.filesystem.probe(device, signal)).toMatchObject({ found: 'unreadable' })
    await expect(host.filesystem.check(device, 'ext4', signal)).rejects.toThrow('superblock is damaged')
    await expect(host.filesystem.format(device, 'ext4', signal)).rejects.toMatchObject({ kind: 'precondition' })
  })
})

describe('a device of a terabyte', () => {
  const TIB = 1024 ** 4

  it('is proven blank at once where nothing was ever written, and formatted', async () => {
    const device = await host.device(TIB)
    expect(await host.filesystem.probe(device, signal)).toEqual({ found: 'blank' })
    await host.filesystem.format(device, 'ext4', signal)
    expect(await host.filesystem.probe(device, signal)).toEqual({ found: 'filesystem', type: 'ext4' })
  })

  it('is never called blank where the caller cannot wait for the proof', async () => {
    const device = await host.device(TIB)
    await host.scribble(device, TIB - 1, Buffer.from([1]))
    const stop = new AbortController()
    const probing = host.filesystem.probe(device, stop.signal)
    stop.abort(new Error('no time'))
    await expect(probing).rejects.toThrow('no time')
  })

  it('says where its data begins', async () => {
    const device = await host.device(TIB)
    await host.scribble(device, 300 * MIB, Buffer.from([1]))
    expect(await host.filesystem.probe(device, signal)).toEqual({
      found: 'unreadable',
      why: 'it holds data of no known kind, the first of it at byte 314572800',
    })
  })
})
