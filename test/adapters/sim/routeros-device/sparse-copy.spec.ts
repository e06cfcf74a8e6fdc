import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BlockSession } from '../../../../src/adapters/sim/blocks/block-client.ts'
import { dataIn, dataRuns } from '../../../../src/adapters/sim/routeros-device/file/data-runs.ts'
import { copySparse } from '../../../../src/adapters/sim/routeros-device/file/sparse-copy.ts'
import { WrittenPieces } from '../../../../src/adapters/sim/routeros-device/file/written-pieces.ts'
import { startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from './api-talker.ts'
import { exported } from './model-device.ts'

const MIB = 1024 ** 2
const PAGE = 4096
const signal = AbortSignal.timeout(60_000)

/** A file of some size with some bytes in it, and a name beside it. */
function files(size: number, writes: readonly (readonly [number, Buffer])[]): { from: string; to: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sparse-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const from = join(folder, 'from')
  writeFileSync(from, '')
  truncateSync(from, size)
  write(from, writes)
  return { from, to: join(folder, 'to') }
}

function write(file: string, writes: readonly (readonly [number, Buffer])[]): void {
  const handle = openSync(file, 'r+')
  for (const [at, bytes] of writes) writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}

describe('the runs of data in a buffer', () => {
  it('cover what is not zero in whole pages, and nothing twice', () => {
    const pages = fc.array(fc.constantFrom(0, 1), { maxLength: 20 })
    fc.assert(
      fc.property(pages, fc.integer({ min: 0, max: PAGE - 1 }), (filled, rest) => {
        const buffer = Buffer.concat([...filled.map(byte => Buffer.alloc(PAGE, byte)), Buffer.alloc(rest, 1)])
        const rebuilt = Buffer.alloc(buffer.length)
        for (const { from, to } of dataRuns(buffer)) buffer.copy(rebuilt, from, from, to)
        expect(rebuilt.equals(buffer)).toBe(true)
        expect(dataIn(buffer)).toBe(filled.filter(Boolean).length * PAGE + rest)
      }),
    )
  })
})

describe('a copy of a sparse file', () => {
  it.each(['known', 'unknown'] as const)('has its bytes and its holes, whose places are %s', where => {
    const writes = [
      [0, Buffer.from('first')],
      [5 * MIB - 2, Buffer.from('over the edge')],
      [40 * MIB, Buffer.alloc(PAGE)],
      [63 * MIB + 77, Buffer.from('last')],
    ] as const
    const { from, to } = files(64 * MIB, writes)
    const written = where === 'known' ? WrittenPieces.none() : WrittenPieces.unknown()
    for (const [at, { length }] of writes) written.wrote(at, length)
    copySparse(from, to, written)
    expect(readFileSync(to).equals(readFileSync(from))).toBe(true)
    expect(statSync(to).blocks * 512).toBeLessThan(MIB)
    expect(written.mayHold(30 * MIB, MIB)).toBe(false)
    expect(written.mayHold(63 * MIB, 1)).toBe(true)
    copySparse(to, `${to}2`, written.copy())
    expect(readFileSync(`${to}2`).equals(readFileSync(from))).toBe(true)
  })

  it('sees what was written past the simulator, later or much', async () => {
    const { from, to } = files(64 * MIB, [])
    const written = WrittenPieces.none()
    write(from, [[8 * MIB, Buffer.alloc(4 * MIB, 1)]])
    copySparse(from, to, written)
    expect(readFileSync(to).equals(readFileSync(from))).toBe(true)
    const before = Date.now()
    await expect.poll(() => Date.now()).toBeGreaterThan(before + 8)
    write(from, [[32 * MIB, Buffer.from('late')]])
    copySparse(from, to, written)
    expect(readFileSync(to).equals(readFileSync(from))).toBe(true)
  })

  it('reads no more than what was written to the disk', async () => {
    const device = await startDevice({ blocks: LOCAL })
    onTestFinished(() => device.stop())
    const { host, port } = device.addresses.blocks!
    device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: 'one' })
    const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/one/v.img', 'file-size': '200G' }
    device.perform('/disk/add', { ...disk, ...exported('nqn.a', port) })
    const session = await BlockSession.connect({ address: host, port, nqn: 'nqn.a', hostNqn: 'h' }, signal)
    await session.write(150 * 1024 * MIB, Buffer.from('far'), signal)
    await session.write(MIB, Buffer.alloc(MIB), signal)
    const started = performance.now()
    for (let copy = 1; copy <= 5; copy += 1) {
      const parent = copy === 1 ? 'one' : `copy-${copy - 1}`
      device.perform('/disk/btrfs/subvolume/add', { fs: 'storage-pool-fs', name: `copy-${copy}`, parent })
    }
    // Reading 200 GiB takes minutes.
    expect(performance.now() - started).toBeLessThan(5000)
    const clone = { type: 'file', slot: 'b', 'file-path': 'storage-pool/copy-5/v.img' }
    device.perform('/disk/add', { ...clone, ...exported('nqn.b', port) })
    const other = await BlockSession.connect({ address: host, port, nqn: 'nqn.b', hostNqn: 'h' }, signal)
    expect((await other.read(150 * 1024 * MIB, 4, signal)).toString()).toBe('far\0')
  })
})
