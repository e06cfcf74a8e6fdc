import { describe, expect, it, onTestFinished } from 'vitest'
import { BlockSession } from '../../../../src/adapters/sim/blocks/block-client.ts'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'
import { exported } from './model-device.ts'

const signal = AbortSignal.timeout(60_000)
const MONITOR = '/disk/monitor-traffic'

async function start(
  options: DeviceOptions = {},
): Promise<{ device: RunningDevice; talker: ApiTalker; session: BlockSession }> {
  const device = await startDevice({ api: LOCAL, blocks: LOCAL, ...options })
  onTestFinished(() => device.stop())
  const { host, port } = device.addresses.blocks!
  const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/a.img', 'file-size': '64M' }
  device.perform('/disk/add', { ...disk, ...exported('nqn.a', port) })
  const session = await BlockSession.connect({ address: host, port, nqn: 'nqn.a', hostNqn: 'h' }, signal)
  return { device, talker: await ApiTalker.loggedIn(device), session }
}

async function once(talker: ApiTalker, slot: string): Promise<Record<string, string>> {
  const [row] = await talker.ask(MONITOR, `=numbers=${slot}`, '=once=')
  return Object.fromEntries(row!.slice(1).map(word => word.slice(1).split('=') as [string, string]))
}

describe('/disk/monitor-traffic', () => {
  it('tells what hosts did with a disk, and with the pool', async () => {
    const { talker, session } = await start()
    await session.write(0, Buffer.alloc(8192, 1), signal)
    await session.write(0, Buffer.alloc(4096, 1), signal)
    await session.read(0, 512, signal)
    await session.flush(signal)
    for (const slot of ['a', 'storage-pool']) {
      const seen = await once(talker, slot)
      expect(seen).toMatchObject({
        slot,
        'write-ops': '2',
        'write-bytes': '12288',
        'write-rate': String(12_288 * 8),
        'write-ops-per-second': '2',
        'read-ops': '1',
        'read-bytes': '512',
        'flush-ops': '1',
      })
      expect(seen['write-time']).toMatch(/^(\d+s)?(\d+ms)?$/)
    }
    expect(Object.keys(await once(talker, 'a'))).toHaveLength(22)
    await talker.ask('/disk/reset-counters', '=numbers=a')
    expect(await once(talker, 'a')).toMatchObject({ 'write-ops': '0', 'write-rate': '0' })
    expect(await once(talker, 'storage-pool')).toMatchObject({ 'write-ops': '2' })
  })

  it('tells again and again until its duration has passed', async () => {
    const { talker } = await start()
    const told = await talker.ask(MONITOR, '=numbers=a', '=duration=30ms', '=interval=10ms', '=.proplist=slot')
    expect(told).toEqual([['!re', '=slot=a'], ['!re', '=slot=a'], ['!re', '=slot=a'], ['!done']])
  })

  it('tells until it is cancelled without one', async () => {
    const { talker } = await start()
    talker.send(MONITOR, '=numbers=a', '=interval=5ms', '.tag=m')
    await expect.poll(() => talker.received.length).toBeGreaterThan(3)
    talker.send('/cancel', '=tag=m', '.tag=x')
    await expect.poll(() => talker.received.at(-1)).toEqual(['!done', '.tag=x'])
  })

  it.each(['read', 'test'] as const)('asks for the right %s', async trafficPolicy => {
    const users = [{ name: 'csi', password: '', policies: ['api', 'read'] as const }]
    const { device } = await start({ switches: { trafficPolicy }, users })
    const talker = await ApiTalker.loggedIn(device, 'csi')
    const [first] = await talker.ask(MONITOR, '=numbers=a', '=once=')
    expect(first?.[0]).toBe(trafficPolicy === 'read' ? '!re' : '!trap')
  })

  it('can be told what to tell', async () => {
    const { device, talker } = await start()
    device.setTraffic({ 'in-flight-ops': '7', 'read-time': '48s149ms' })
    expect(await once(talker, 'storage-pool')).toMatchObject({ 'in-flight-ops': '7', 'read-time': '48s149ms' })
    device.setTraffic({ 'in-flight-ops': '3' }, 'a')
    expect(await once(talker, 'a')).toMatchObject({ 'in-flight-ops': '3' })
  })
})

describe('a print of disks with stats', () => {
  it('has the counters as well', async () => {
    const { talker, session } = await start()
    await session.write(0, Buffer.alloc(512, 1), signal)
    expect(await talker.ask('/disk/print', '=stats=', '?slot=a')).toMatchObject([
      expect.arrayContaining(['=slot=a', '=write-ops=1']),
      ['!done'],
    ])
    expect(await talker.ask('/disk/print', '=.proplist=write-bytes', '?slot=a')).toContainEqual([
      '!re',
      '=write-bytes=512',
    ])
    expect((await talker.ask('/disk/print', '?slot=a'))[0]).not.toContain('=write-ops=1')
  })
})

describe('/disk/listen', () => {
  it('tells of every item that changes, until it is cancelled', async () => {
    const { device, talker } = await start()
    talker.send('/disk/listen', '=.proplist=slot,comment', '.tag=l')
    // Answered after the one before it has begun.
    await talker.ask('/system/identity/print')
    device.perform('/disk/comment', { numbers: 'a', comment: 'new' })
    await expect.poll(() => talker.received).toContainEqual(['!re', '.tag=l', '=slot=a', '=comment=new'])
    const id = device.disk('a')!['.id']!
    device.perform('/disk/remove', { numbers: 'a' })
    await expect.poll(() => talker.received).toContainEqual(['!re', '.tag=l', `=.id=${id}`, '=.dead=yes'])
    talker.send('/cancel', '=tag=l')
    await expect.poll(() => talker.received).toContainEqual(['!trap', '.tag=l', '=category=2', '=message=interrupted'])
  })
})
