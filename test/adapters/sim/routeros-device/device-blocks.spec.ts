import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BlockSession } from '../../../../src/adapters/sim/blocks/block-client.ts'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from './api-talker.ts'
import { exported, GIB } from './model-device.ts'

const signal = AbortSignal.timeout(60_000)
const ALLOWED = 'nvme-tcp-server-allow-host-name'

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({ blocks: LOCAL, ...options })
  onTestFinished(() => device.stop())
  const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/a.img', 'file-size': '1G' }
  device.perform('/disk/add', { ...disk, ...exported('nqn.a', device.addresses.blocks!.port) })
  return device
}

function connect(device: RunningDevice, hostNqn = 'host-1', nqn = 'nqn.a'): Promise<BlockSession> {
  const { host, port } = device.addresses.blocks!
  return BlockSession.connect({ address: host, port, nqn, hostNqn }, signal)
}

function set(device: RunningDevice, change: Readonly<Record<string, string>>): void {
  device.perform('/disk/set', { '.id': 'a', ...change })
}

describe('an exported disk', () => {
  it('holds the bytes that a host writes, also for the next host', async () => {
    const device = await start()
    const one = await connect(device)
    expect(one.size).toBe(GIB)
    await one.write(GIB - 5, Buffer.from('hello'), signal)
    await one.flush(signal)
    await one.close()
    const other = await connect(device, 'host-2')
    expect((await other.read(GIB - 6, 6, signal)).toString()).toBe('\0hello')
  })

  it('keeps its bytes when its item goes and another is attached, and loses them with the file', async () => {
    const device = await start()
    await (await connect(device)).write(0, Buffer.from('kept'), signal)
    device.perform('/disk/remove', { '.id': 'a' })
    const attach = { type: 'file', slot: 'b', 'file-path': 'storage-pool/a.img' }
    const port = device.addresses.blocks!.port
    device.perform('/disk/add', { ...attach, ...exported('nqn.b', port) })
    expect((await (await connect(device, 'h', 'nqn.b')).read(0, 4, signal)).toString()).toBe('kept')
    device.perform('/disk/remove', { '.id': 'b' })
    device.perform('/file/remove', { '.id': 'storage-pool/a.img' })
    device.perform('/disk/add', { ...attach, 'file-size': '1G', ...exported('nqn.b', port) })
    expect((await (await connect(device, 'h', 'nqn.b')).read(0, 4, signal)).toString()).toBe('\0\0\0\0')
  })

  it('is not there when off, under another NQN, or on another port', async () => {
    const device = await start()
    await expect(connect(device, 'h', 'nqn.b')).rejects.toMatchObject({ code: 'unknown-nqn' })
    set(device, { 'nvme-tcp-server-port': '4420' })
    await expect(connect(device)).rejects.toMatchObject({ code: 'unknown-nqn' })
    set(device, { 'nvme-tcp-server-port': String(device.addresses.blocks!.port), 'nvme-tcp-export': 'no' })
    await expect(connect(device)).rejects.toMatchObject({ code: 'unknown-nqn' })
  })

  it('lets only the allowed host in', async () => {
    const device = await start()
    set(device, { [ALLOWED]: 'host-1' })
    await expect(connect(device, 'host-2')).rejects.toMatchObject({ code: 'host-not-allowed' })
    expect((await connect(device, 'host-1')).size).toBe(GIB)
  })

  it('cuts live sessions when the export goes off; nothing is written after that', async () => {
    const device = await start()
    const session = await connect(device)
    set(device, { 'nvme-tcp-export': 'no' })
    await expect(session.write(0, Buffer.from('late'), signal)).rejects.toMatchObject({ code: 'cut' })
    await session.closed
    expect(device.blockSessions).toBe(0)
  })

  it.each([true, false])('cuts live sessions when the allowed host changes: %s', async drops => {
    const device = await start({ switches: { allowHostChangeDropsSessions: drops } })
    const session = await connect(device)
    set(device, { [ALLOWED]: 'host-2' })
    const wrote = session.write(0, Buffer.from('x'), signal)
    if (drops) await expect(wrote).rejects.toMatchObject({ code: 'cut' })
    else expect(await wrote).toBeUndefined()
  })

  it.each([
    ['atOnce', 2 * GIB],
    ['afterReexport', GIB],
  ] as const)('shows its growth to a connected host %s', async (resizeVisible, size) => {
    const device = await start({ switches: { resizeVisible } })
    const session = await connect(device)
    set(device, { 'file-size': '2G' })
    expect(session.size).toBe(GIB)
    expect(await session.refreshSize(signal)).toBe(size)
  })

  it('is cut by a death of the device and there again after its restart', async () => {
    const device = await start()
    const session = await connect(device)
    await session.write(0, Buffer.from('safe'), signal)
    await device.die()
    await session.closed
    await expect(connect(device)).rejects.toMatchObject({ code: 'refused' })
    await device.restart()
    expect((await (await connect(device)).read(0, 4, signal)).toString()).toBe('safe')
  })

  it('may be larger than any file of this machine', async () => {
    const device = await start({ size: 2 ** 50 })
    const disk = { type: 'file', slot: 'big', 'file-path': 'storage-pool/big.img', 'file-size': '16T' }
    device.perform('/disk/add', { ...disk, ...exported('nqn.big', device.addresses.blocks!.port) })
    const session = await connect(device, 'h', 'nqn.big')
    expect(session.size).toBe(2 ** 44)
    expect(await session.read(2 ** 44 - 4, 4, signal)).toEqual(Buffer.alloc(4))
  })
})

describe('a device with a data directory', () => {
  it('keeps the bytes under the names that they have on the device', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'device-data-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true }))
    const device = await start({ dataDir })
    await (await connect(device)).write(0, Buffer.from('seen'), signal)
    const image = await open(join(dataDir, 'storage-pool/a.img'))
    const { buffer } = await image.read(Buffer.alloc(4), 0, 4, 0)
    await image.close()
    expect(buffer.toString()).toBe('seen')
  })
})
