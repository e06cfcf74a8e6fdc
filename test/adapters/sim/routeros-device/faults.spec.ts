import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'
import { GIB } from './model-device.ts'

const ADD = ['/disk/add', '=type=file', '=slot=a', '=file-path=storage-pool/a.img', '=file-size=1G'] as const
const SET = ['/disk/set', '=.id=storage-pool', '=comment=x'] as const

async function start(options: DeviceOptions = {}): Promise<{ device: RunningDevice; talker: ApiTalker }> {
  const device = await startDevice({ api: LOCAL, ...options })
  onTestFinished(() => device.stop())
  return { device, talker: await ApiTalker.loggedIn(device) }
}

/** Resolves once the device has taken everything that was sent before: an answer to another command proves it. */
async function settled(talker: ApiTalker): Promise<void> {
  await talker.ask('/system/identity/print', '.tag=settled')
}

describe('a fault of a command', () => {
  it('loses the reply after the effect, of the n-th that matches', async () => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'loseReply' }, { match: '/disk/add', skip: 1 })
    await talker.ask(...ADD)
    talker.send('/disk/add', '=type=file', '=slot=b', '=file-path=storage-pool/b.img', '=file-size=1G')
    expect(await talker.closed).toBe(true)
    expect(device.disk('b')).toBeDefined()
    expect(device.commands.map(command => command.path)).toEqual(['/login', '/disk/add', '/disk/add'])
  })

  it.each([true, false])('drops the connection before the effect, by RST: %s', async reset => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'dropBefore', reset })
    let resetSeen = false
    talker.socket.on('error', () => {
      resetSeen = true
    })
    talker.send(...ADD)
    expect(await talker.closed).toBe(true)
    expect(resetSeen).toBe(reset)
    expect(device.disk('a')).toBeUndefined()
  })

  it('hangs one command while others go on, and /cancel ends it', async () => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'hang' }, { match: '/disk/add' })
    talker.send(...ADD, '.tag=1')
    await settled(talker)
    expect(await talker.ask('/cancel', '=tag=1', '.tag=2')).toEqual([
      ['!trap', '.tag=1', '=category=2', '=message=interrupted'],
      ['!done', '.tag=1'],
    ])
    expect(await talker.untilDone()).toEqual([['!done', '.tag=2']])
    expect(device.disk('a')).toBeUndefined()
  })

  it.each([
    ['first', [['!done', '=ret=*21']]],
    ['second', [['!trap', '=message=failure: file already exists'], ['!done']]],
  ] as const)('carries a command out twice and answers with the %s', async (answer, wanted) => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'duplicate', answer }, { match: '/disk/add' })
    expect(await talker.ask(...ADD)).toEqual(wanted)
    expect(device.disks()).toHaveLength(1)
    device.faults.arm({ kind: 'duplicate', answer }, { match: '/ip/firewall/filter/add' })
    await talker.ask('/ip/firewall/filter/add', '=chain=input', '=action=drop')
    expect(device.firewall().filter).toHaveLength(2)
  })

  it.each(['before', 'after'] as const)('takes the power of the device %s the effect', async when => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'die', when }, { match: '/disk/add' })
    talker.send(...ADD)
    expect(await talker.closed).toBe(true)
    await device.restart()
    expect(device.disk('a') !== undefined).toBe(when === 'after')
    const again = await ApiTalker.loggedIn(device)
    expect(await again.ask('/system/identity/print')).toHaveLength(2)
  })

  it('calls whoever watches just before the effect, and after it', async () => {
    const { device, talker } = await start()
    const seen: string[] = []
    const look = (when: string) => (command: { path: string }) => {
      seen.push(`${when} ${command.path} ${device.disks().length}`)
    }
    device.faults.arm({ kind: 'watch', before: look('before'), after: look('after') }, { match: '/disk/add', times: 2 })
    await talker.ask(...ADD)
    await talker.ask(...ADD)
    expect(seen).toEqual(['before /disk/add 0', 'after /disk/add 1', 'before /disk/add 1', 'after /disk/add 1'])
  })

  it('refuses a command with any trap, as often as told', async () => {
    const { device, talker } = await start()
    const trap = { kind: 'trap', message: 'failure: tired', category: 4 } as const
    const disarm = device.faults.arm(trap, { match: command => command.args.get('slot') === 'a', times: 2 })
    const refused = [['!trap', '=category=4', '=message=failure: tired'], ['!done']]
    expect(await talker.ask(...ADD)).toEqual(refused)
    disarm()
    expect(await talker.ask(...ADD)).toEqual([['!done', '=ret=*21']])
  })

  it('delays one reply while others overtake it, its effect being there', async () => {
    const { device, talker } = await start()
    device.faults.arm({ kind: 'delayReply', ms: 60_000 }, { match: '/disk/add' })
    talker.send(...ADD, '.tag=1')
    await settled(talker)
    expect(device.disk('a')).toBeDefined()
    expect(await talker.ask('/cancel', '=tag=1')).toHaveLength(2)
    expect(device.disk('a')).toBeDefined()
  })

  it('lets a reply come after the answer to /cancel', async () => {
    const { device, talker } = await start({ latencyMs: 100 })
    device.faults.arm({ kind: 'ignoreCancel' }, { match: '/disk/add' })
    talker.send(...ADD, '.tag=1')
    expect(await talker.ask('/cancel', '=tag=1')).toEqual([['!done']])
    expect(await talker.untilDone()).toEqual([['!done', '.tag=1', '=ret=*21']])
    expect(device.disk('a')).toBeDefined()
  })
})

describe('/cancel', () => {
  it('ends what waits and leaves it without effect', async () => {
    const { device, talker } = await start({ latencyMs: 100 })
    talker.send(...ADD, '.tag=1')
    const answer = await talker.ask('/cancel')
    expect(answer).toEqual([
      ['!trap', '.tag=1', '=category=2', '=message=interrupted'],
      ['!done', '.tag=1'],
    ])
    expect(device.disk('a')).toBeUndefined()
  })

  it.each([
    ['done', [['!done']]],
    ['trap', [['!trap', '=message=failure: no such tag'], ['!done']]],
  ] as const)('of a tag that is not in flight answers %s', async (cancelUnknownTag, answer) => {
    const { talker } = await start({ switches: { cancelUnknownTag } })
    expect(await talker.ask('/cancel', '=tag=9')).toEqual(answer)
  })
})

describe('the pool', () => {
  it('can be full, and have room again', async () => {
    const { device, talker } = await start({ size: 10 * GIB })
    device.fillPool(GIB - 1)
    expect(device.free).toBe(GIB - 1)
    expect((await talker.ask(...ADD))[0]).toEqual(['!trap', '=message=failure: not enough space'])
    device.fillPool()
    expect((await talker.ask(...ADD))[0]).toEqual(['!done', '=ret=*21'])
    expect(device.free).toBe(9 * GIB)
  })
})

describe('the connections of a device', () => {
  it('can be dropped all at once', async () => {
    const { device, talker } = await start()
    device.dropConnections('reset')
    expect(await talker.closed).toBe(true)
    expect((await ApiTalker.loggedIn(device)).received).toEqual([['!done']])
  })

  it('can be forgotten: open, and never answered again', async () => {
    const { device, talker } = await start()
    device.forgetConnections()
    talker.send(...ADD)
    const other = await ApiTalker.loggedIn(device)
    await other.ask('/disk/print')
    expect(talker.received).toEqual([['!done']])
    expect(talker.socket.readyState).toBe('open')
    expect(device.disk('a')).toBeUndefined()
  })

  it('can be refused while those that live go on', async () => {
    const { device, talker } = await start()
    await device.refuseConnections(true)
    expect(await (await ApiTalker.plain(device)).closed).toBe(true)
    expect((await talker.ask('/disk/print'))[0]?.[0]).toBe('!re')
    await device.refuseConnections(false)
    expect((await ApiTalker.loggedIn(device)).received).toEqual([['!done']])
  })

  it('can be taken and never served', async () => {
    const { device, talker } = await start()
    device.ignoreConnections(true)
    const ignored = await ApiTalker.plain(device)
    ignored.send('/login', '=name=admin', '=password=')
    await settled(talker)
    expect(ignored.received).toEqual([])
    device.ignoreConnections(false)
    expect((await ApiTalker.loggedIn(device)).received).toEqual([['!done']])
  })

  it.each(['finishes', 'abandoned'] as const)('a command whose client went away: %s', async vanishedClient => {
    const { device, talker } = await start({ switches: { vanishedClient } })
    device.latencyMs = 300
    talker.send(...ADD)
    await expect.poll(() => device.commands.length, { interval: 5 }).toBe(2)
    talker.socket.destroy()
    await expect.poll(() => device.apiSessions, { interval: 5 }).toBe(0)
    const other = await ApiTalker.loggedIn(device)
    await other.ask(...SET)
    expect(device.disk('a') === undefined).toBe(vanishedClient === 'abandoned')
  })
})

describe('a device that dies', () => {
  it('closes everything, does nothing more, and comes back with its state on its ports', async () => {
    const { device, talker } = await start({ apiTls: LOCAL })
    const { addresses } = device
    await talker.ask(...ADD)
    device.latencyMs = 300
    talker.send(...SET)
    await expect.poll(() => device.commands.length, { interval: 5 }).toBe(3)
    await device.die()
    expect(await talker.closed).toBe(true)
    expect(await (await ApiTalker.plain(device)).closed).toBe(true)
    await device.restart()
    expect(device.addresses).toEqual(addresses)
    const again = await ApiTalker.loggedIn(device)
    const rows = await again.ask('/disk/print', '=.proplist=slot,comment')
    expect(rows).toEqual([['!re', '=slot=storage-pool'], ['!re', '=slot=a'], ['!done']])
  })
})

describe('the answers of tagged commands', () => {
  it('come out of order and mixed, each whole, when the device mixes them', async () => {
    const { device, talker } = await start()
    device.perform('/disk/add', { type: 'file', slot: 'a', 'file-path': 'storage-pool/a.img', 'file-size': '1M' })
    device.replyOrder = 'mixed'
    for (const tag of ['1', '2', '3']) talker.send('/disk/print', '=.proplist=slot', `.tag=${tag}`)
    for (let done = 0; done < 3; done += 1) await talker.untilDone()
    const answers = talker.received.slice(1)
    expect(answers.map(words => words[1])).toEqual(
      ['3', '2', '1', '3', '2', '1', '3', '2', '1'].map(tag => `.tag=${tag}`),
    )
    for (const tag of ['1', '2', '3']) {
      expect(answers.filter(words => words[1] === `.tag=${tag}`)).toEqual([
        ['!re', `.tag=${tag}`, '=slot=storage-pool'],
        ['!re', `.tag=${tag}`, '=slot=a'],
        ['!done', `.tag=${tag}`],
      ])
    }
  })
})
