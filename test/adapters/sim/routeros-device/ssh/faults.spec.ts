import { describe, expect, it } from 'vitest'
import type { DeviceSwitches } from '../../../../../src/adapters/sim/routeros-device/switches.ts'
import { collect, SshDevice, type SshTalker } from './ssh-device.ts'

const SET = '/disk/set a comment=x'

async function withDisk(device: SshDevice): Promise<SshTalker> {
  const talker = await device.connect()
  await talker.run('/disk/add type=file slot=a file-path=storage-pool/v/a.img file-size=1G')
  return talker
}

describe('what goes wrong over SSH', () => {
  it('is a reply that is lost after the effect', async () => {
    const device = await SshDevice.start()
    const talker = await withDisk(device)
    device.core.runner.faults.arm({ kind: 'loseReply' }, { match: '/disk/set' })
    expect(await talker.run(SET)).toMatchObject({ stdout: '', code: undefined })
    await talker.closed
    expect(device.comment('a')).toBe('x')
  })

  it('is a connection that drops before the effect', async () => {
    const device = await SshDevice.start()
    const talker = await withDisk(device)
    device.core.runner.faults.arm({ kind: 'dropBefore', reset: true }, { match: '/disk/set' })
    expect(await talker.run(SET)).toMatchObject({ stdout: '', code: undefined })
    expect(device.comment('a') ?? '').toBe('')
  })

  it('is a refusal that was armed', async () => {
    const device = await SshDevice.start()
    const talker = await withDisk(device)
    device.core.runner.faults.arm({ kind: 'trap', message: 'failure: of a test' }, { match: '/disk/set' })
    expect((await talker.run(SET)).stdout).toBe('failure: of a test\r\n')
  })

  it.each([
    ['finishes', 'x'],
    ['abandoned', ''],
  ] as const)('is a client that vanishes: its command is %s', async (vanishedClient, comment) => {
    const device = await SshDevice.start({ switches: { vanishedClient } })
    const talker = await withDisk(device)
    // The command has come, and waits until its client is gone.
    device.core.runner.slots.limit = 0
    void talker.run(SET)
    await expect.poll(() => device.core.log.entries.some(({ path }) => path === '/disk/set')).toBe(true)
    talker.client.destroy()
    await expect.poll(() => device.server.sessions).toBe(0)
    device.core.runner.slots.limit = 1
    await (await device.connect()).run('/system/identity/print')
    expect(device.comment('a') ?? '').toBe(comment)
  })

  it('is a connection that is forgotten: it stays open and says nothing', async () => {
    const device = await SshDevice.start()
    const talker = await withDisk(device)
    device.server.forget()
    let answered = false
    const running = talker.exec(SET).then(
      () => (answered = true),
      () => undefined,
    )
    // A new connection is served, which takes longer than an answer would.
    expect((await (await device.connect()).run(':put 1')).stdout).toBe('1\r\n')
    expect(answered).toBe(false)
    expect(device.comment('a') ?? '').toBe('')
    talker.client.destroy()
    await running
  })

  it('is a server that takes connections and never answers', async () => {
    const device = await SshDevice.start()
    device.server.ignoreNew = true
    await expect(device.connect({ readyTimeout: 150 })).rejects.toThrow(/[Tt]imed out/)
  })

  it('is a server that refuses connections for a while, on the same port', async () => {
    const device = await SshDevice.start()
    const { port } = device.server
    device.server.pause()
    await expect(device.connect()).rejects.toThrow('ECONNREFUSED')
    await device.server.resume()
    expect(device.server.port).toBe(port)
    expect((await (await device.connect()).run(':put 1')).stdout).toBe('1\r\n')
  })

  it.each(['end', 'reset'] as const)('is a connection that is dropped: %s', async how => {
    const device = await SshDevice.start()
    const talker = await device.connect()
    device.server.drop(how)
    await talker.closed
    await expect.poll(() => device.server.sessions).toBe(0)
  })

  it('is a device without power: commands that had no effect yet have none', async () => {
    const device = await SshDevice.start()
    const talker = await withDisk(device)
    device.core.runner.latency.profile = { fixedMs: 10_000 }
    void talker.run(SET)
    await expect.poll(() => device.core.log.entries.some(({ path }) => path === '/disk/set')).toBe(true)
    device.core.powerOff()
    await device.server.die()
    await talker.closed
    expect(device.comment('a') ?? '').toBe('')
  })
})

describe('max-sessions', () => {
  it.each(['closed', 'reset'] as const)('ends a connection too many: %s', async overMaxSessions => {
    const device = await SshDevice.start({ maxSessions: 2, switches: { overMaxSessions } })
    const [first] = [await device.connect(), await device.connect()]
    await expect(device.connect()).rejects.toThrow()
    first.client.destroy()
    await expect.poll(() => device.server.sessions).toBe(1)
    expect((await (await device.connect()).run(':put 1')).stdout).toBe('1\r\n')
  })

  it('lets a connection too many wait where it is queued', async () => {
    const device = await SshDevice.start({ maxSessions: 1, switches: { overMaxSessions: 'queued' } })
    const first = await device.connect()
    const second = device.connect()
    await expect.poll(() => first.run(':put 1').then(({ stdout }) => stdout)).toBe('1\r\n')
    first.client.destroy()
    expect((await (await second).run(':put 2')).stdout).toBe('2\r\n')
  })
})

describe('a second channel on a connection', () => {
  /** A connection whose first channel works until it is broken off, and then says so. */
  async function busy(sshChannels: DeviceSwitches['sshChannels']): Promise<{
    readonly talker: SshTalker
    readonly first: Promise<string>
    readonly interrupt: () => void
  }> {
    const device = await SshDevice.start({ switches: { sshChannels } })
    device.core.runner.faults.arm({ kind: 'hang' }, { match: '/disk/print' })
    const talker = await device.connect()
    const channel = await talker.exec('/disk/print')
    const first = collect(channel).then(({ stdout }) => stdout)
    await expect.poll(() => device.core.log.entries.some(({ path }) => path === '/disk/print')).toBe(true)
    return { talker, first, interrupt: () => channel.signal('INT') }
  }

  it('is served by the side of the first', async () => {
    const { talker, first, interrupt } = await busy('served')
    expect((await talker.run(':put "beside"')).stdout).toBe('beside\r\n')
    interrupt()
    expect(await first).toBe('interrupted\r\n')
  })

  it('is refused until the first is gone', async () => {
    const { talker, first, interrupt } = await busy('refused')
    await expect(talker.exec(':put 1')).rejects.toThrow('Channel open failure')
    interrupt()
    expect(await first).toBe('interrupted\r\n')
    await expect.poll(async () => (await talker.run(':put 1').catch(() => undefined))?.stdout).toBe('1\r\n')
  })

  it('waits for the first', async () => {
    const { talker, first, interrupt } = await busy('queued')
    const ends: string[] = []
    const more = [1, 2].map(async number => ends.push((await talker.run(`:put ${number}`)).stdout))
    interrupt()
    ends.push(await first)
    await Promise.all(more)
    expect(ends).toEqual(['interrupted\r\n', '1\r\n', '2\r\n'])
  })

  it('ends the whole connection', async () => {
    const { talker, first } = await busy('closed')
    void talker.exec(':put 1').catch(() => undefined)
    await talker.closed
    expect(await first).toBe('')
  })
})
