import { once } from 'node:events'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect as connectSocket, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BlockError, BlockSession, type BlockTarget } from '../../../../src/adapters/sim/blocks/block-client.ts'
import type { BlockExport } from '../../../../src/adapters/sim/blocks/block-exports.ts'
import { BlockServer } from '../../../../src/adapters/sim/blocks/block-server.ts'

const MIB = 1024 ** 2
const signal = AbortSignal.timeout(60_000)

/** A block port with one export of 8 MiB, `nqn.a`, for the host `host-1`. */
async function start(
  size = 8 * MIB,
): Promise<{ target: BlockTarget; server: BlockServer; file: string; end: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'blocks-'))
  const file = join(folder, 'a.img')
  writeFileSync(file, '')
  const ending = new AbortController()
  const bytes: BlockExport = { file, ended: ending.signal, size: () => size }
  const server = new BlockServer({
    open: (nqn, host) => (nqn !== 'nqn.a' ? 'unknown-nqn' : host === 'host-1' ? bytes : 'host-not-allowed'),
  })
  await server.listen('127.0.0.1', 0)
  onTestFinished(async () => {
    await server.die()
    rmSync(folder, { recursive: true })
  })
  const target = { address: '127.0.0.1', port: server.port, nqn: 'nqn.a', hostNqn: 'host-1' }
  return { target, server, file, end: () => ending.abort() }
}

/** A peer that takes connections and never says a word. */
async function silentPort(): Promise<number> {
  const server = createServer(socket => onTestFinished(() => void socket.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

describe('a block session', () => {
  it('reads what it wrote, in pieces of any size, and zeros elsewhere', async () => {
    const { target } = await start()
    const session = await BlockSession.connect(target, signal)
    expect(session.size).toBe(8 * MIB)
    const data = Buffer.alloc(3 * MIB + 7, 'abcdefg')
    await session.write(MIB - 3, data, signal)
    await session.flush(signal)
    expect((await session.read(MIB - 3, data.length, signal)).equals(data)).toBe(true)
    expect(await session.read(7 * MIB, 16, signal)).toEqual(Buffer.alloc(16))
    expect(await session.read(5, 0, signal)).toHaveLength(0)
    await session.close()
  })

  it('knows at once that nothing was ever written, however large the export is', async () => {
    const { target, file } = await start(1024 ** 4)
    truncateSync(file, 1024 ** 4)
    const session = await BlockSession.connect(target, signal)
    expect(await session.seekData(0, signal)).toEqual({ found: false, at: 1024 ** 4 })
  })

  it('finds the first byte that is not zero, in steps', async () => {
    const { target } = await start(256 * MIB)
    const session = await BlockSession.connect(target, signal)
    await session.write(200 * MIB + 77, Buffer.from([0, 0, 9, 9]), signal)
    expect(await session.seekData(0, signal)).toEqual({ found: false, at: 64 * MIB })
    expect(await session.seekData(64 * MIB, signal)).toEqual({ found: false, at: 128 * MIB })
    expect(await session.seekData(192 * MIB, signal)).toEqual({ found: true, at: 200 * MIB + 79 })
    expect(await session.seekData(200 * MIB + 80, signal)).toEqual({ found: true, at: 200 * MIB + 80 })
    expect(await session.seekData(200 * MIB + 81, signal)).toEqual({ found: false, at: 256 * MIB })
    await expect(session.seekData(256 * MIB + 1, signal)).rejects.toMatchObject({ code: 'out-of-range' })
  })

  it('takes written zeros for zeros', async () => {
    const { target } = await start()
    const session = await BlockSession.connect(target, signal)
    await session.write(5, Buffer.alloc(10), signal)
    expect(await session.seekData(0, signal)).toEqual({ found: false, at: 8 * MIB })
  })

  it('does many operations at once, in the order of their calls', async () => {
    const { target } = await start()
    const session = await BlockSession.connect(target, signal)
    const writes = Array.from({ length: 50 }, (_, n) => session.write(0, Buffer.from([n]), signal))
    const read = session.read(0, 1, signal)
    await Promise.all(writes)
    expect(await read).toEqual(Buffer.from([49]))
  })

  it.each([
    [8 * MIB, 1],
    [8 * MIB - 1, 2],
    [-1, 1],
    [0.5, 1],
  ])('refuses %d + %d as out of range and goes on', async (offset, length) => {
    const { target } = await start()
    const session = await BlockSession.connect(target, signal)
    await expect(session.read(offset, length, signal)).rejects.toMatchObject({ code: 'out-of-range' })
    await expect(session.write(offset, Buffer.alloc(length), signal)).rejects.toBeInstanceOf(BlockError)
    expect(await session.refreshSize(signal)).toBe(8 * MIB)
  })

  it.each([
    ['unknown-nqn', { nqn: 'nqn.b' }],
    ['host-not-allowed', { hostNqn: 'host-2' }],
    ['refused', { port: 1 }],
  ])('is not opened: %s', async (code, change) => {
    const { target, server } = await start()
    await expect(BlockSession.connect({ ...target, ...change }, signal)).rejects.toMatchObject({ code })
    await expect.poll(() => server.connections).toBe(0)
  })

  it('ends with cut when its export ends, what waits and what comes later', async () => {
    const { target, end } = await start()
    const session = await BlockSession.connect(target, signal)
    const waiting = session.read(0, 4 * MIB, signal)
    end()
    await expect(waiting).rejects.toMatchObject({ code: 'cut' })
    await session.closed
    await expect(session.write(0, Buffer.from('x'), signal)).rejects.toMatchObject({ code: 'cut' })
  })

  it('ends while nobody asks anything of it', async () => {
    const { target, server, end } = await start()
    const session = await BlockSession.connect(target, signal)
    end()
    await session.closed
    expect(server.connections).toBe(0)
  })

  it('ends with cut when the port dies', async () => {
    const { target, server } = await start()
    const session = await BlockSession.connect(target, signal)
    await server.die()
    await session.closed
    await expect(session.flush(signal)).rejects.toMatchObject({ code: 'cut' })
  })

  it('waits no longer than its signal says', async () => {
    const { target } = await start()
    const port = await silentPort()
    const soon = AbortSignal.timeout(30)
    await expect(BlockSession.connect({ ...target, port }, soon)).rejects.toMatchObject({ code: 'timeout' })
    await expect(BlockSession.connect(target, AbortSignal.abort())).rejects.toMatchObject({ code: 'timeout' })
    const session = await BlockSession.connect(target, signal)
    await expect(session.read(0, 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'timeout' })
    expect(await session.read(0, 1, signal)).toHaveLength(1)
  })

  it('closes once, however often it is asked to', async () => {
    const { target, server } = await start()
    const session = await BlockSession.connect(target, signal)
    await Promise.all([session.close(), session.close()])
    await session.close()
    await expect.poll(() => server.connections).toBe(0)
    await expect(session.flush(signal)).rejects.toMatchObject({ code: 'cut' })
  })
})

describe('a block port', () => {
  it.each([
    ['no frames', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a header that is no JSON', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0x7b])],
  ])('closes a connection that sends %s', async (_, garbage) => {
    const { target } = await start()
    const socket = connectSocket({ host: target.address, port: target.port })
    socket.on('error', () => undefined)
    socket.write(garbage)
    socket.resume()
    expect(await once(socket, 'close')).toHaveLength(1)
  })
})
