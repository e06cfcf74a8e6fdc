import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { encodeSentence } from '../../../../src/adapters/sim/routeros-device/api/wire.ts'
import { ApiTalker, LOCAL } from './api-talker.ts'

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({ api: LOCAL, directories: ['storage-pool/v'], ...options })
  onTestFinished(() => device.stop())
  return device
}

const WRONG = [['!trap', '=message=invalid user name or password (6)'], ['!done']]

describe('a connection of the API', () => {
  it('lets in who has the right name and password, and nobody else', async () => {
    const device = await start({ user: 'csi', password: 'sécret' })
    const talker = await ApiTalker.plain(device)
    expect(await talker.ask('/login', '=name=csi', '=password=secret')).toEqual(WRONG)
    expect(await talker.ask('/login', '=name=CSI', '=password=sécret')).toEqual(WRONG)
    expect(await talker.ask('/login')).toEqual(WRONG)
    expect(await talker.ask('/login', '=name=csi', '=password=sécret')).toEqual([['!done']])
    expect(device.commands.flatMap(command => command.words).join(' ')).not.toContain('cret')
  })

  it('is closed when a command comes before the login', async () => {
    const talker = await ApiTalker.plain(await start())
    expect(await talker.ask('/disk/print')).toEqual([['!fatal', 'not logged in']])
    expect(await talker.closed).toBe(true)
  })

  it('takes commands that were sent right behind the login', async () => {
    const talker = await ApiTalker.plain(await start())
    const login = encodeSentence(['/login', '=name=admin', '=password='])
    talker.socket.write(Buffer.concat([login, encodeSentence(['/system/identity/print', '.tag=7'])]))
    await talker.untilDone()
    expect(await talker.untilDone()).toEqual([
      ['!re', '.tag=7', '=name=MikroTik'],
      ['!done', '.tag=7'],
    ])
  })

  it('asks for the rights of the user', async () => {
    const device = await start({
      users: [
        { name: 'reader', password: '', policies: ['api', 'read'] },
        { name: 'web', password: '', policies: ['read', 'write'] },
      ],
    })
    const reader = await ApiTalker.loggedIn(device, 'reader')
    expect((await reader.ask('/system/identity/print'))[0]?.[0]).toBe('!re')
    expect(await reader.ask('/system/identity/set', '=name=x')).toEqual([
      ['!trap', '=message=not enough permissions (9)'],
      ['!done'],
    ])
    const web = await ApiTalker.plain(device)
    expect(await web.ask('/login', '=name=web', '=password=')).toEqual(WRONG)
  })

  it('answers an empty print with !empty and a count with =ret=', async () => {
    const talker = await ApiTalker.loggedIn(await start())
    expect(await talker.ask('/disk/print', '?slot=nobody')).toEqual([['!empty'], ['!done']])
    expect(await talker.ask('/disk/print', '=count-only=', '?slot=nobody')).toEqual([['!done', '=ret=0']])
  })

  it('writes traps with category and message, and !done behind them', async () => {
    const talker = await ApiTalker.loggedIn(await start())
    expect(await talker.ask('/disk/remove', '=.id=*99')).toEqual([
      ['!trap', '=category=0', '=message=no such item'],
      ['!done'],
    ])
  })

  it('repeats the tag in every sentence, wherever it stood', async () => {
    const talker = await ApiTalker.loggedIn(await start())
    const answer = await talker.ask('/disk/print', '.tag=a b', '=.proplist=slot')
    expect(answer).toEqual([
      ['!re', '.tag=a b', '=slot=storage-pool'],
      ['!done', '.tag=a b'],
    ])
  })

  it('shows secrets to those alone who ask for them and may see them', async () => {
    const policies = ['api', 'read'] as const
    const users = [
      { name: 'blind', password: '', policies },
      { name: 'seeing', password: '', policies: [...policies, 'sensitive' as const] },
    ]
    const device = await start({ users })
    const disk = { type: 'file', slot: 'a', 'file-path': 'storage-pool/a', 'file-size': '1M' }
    device.perform('/disk/add', { ...disk, 'nvme-tcp-export': 'yes', 'nvme-tcp-server-password': 'hush' })
    const blind = await ApiTalker.loggedIn(device, 'blind')
    expect(JSON.stringify(await blind.ask('/disk/print', '=show-sensitive='))).not.toContain('hush')
    const seeing = await ApiTalker.loggedIn(device, 'seeing')
    expect(JSON.stringify(await seeing.ask('/disk/print'))).not.toContain('hush')
    expect(JSON.stringify(await seeing.ask('/disk/print', '=show-sensitive='))).toContain('hush')
  })

  it('neither prints nor logs the secrets that it is given', async () => {
    const device = await start()
    const talker = await ApiTalker.loggedIn(device)
    const add = ['/disk/add', '=type=file', '=slot=a', '=file-path=storage-pool/a', '=file-size=1M']
    await talker.ask(...add, '=nvme-tcp-export=yes', '=nvme-tcp-server-password=hush', '=encryption-key=hush')
    await talker.ask('/disk/print')
    expect(JSON.stringify([talker.received, device.commands, device.disks()])).not.toContain('hush')
    expect(device.commands.at(-2)?.words).toEqual([...add.slice(1), '=nvme-tcp-export=yes'])
  })

  it('keeps text outside ASCII to the letter', async () => {
    const device = await start()
    const talker = await ApiTalker.loggedIn(device)
    await talker.ask('/disk/set', '=.id=storage-pool', '=comment=Ω é 🦊 =x')
    expect(await talker.ask('/disk/print', '=.proplist=comment')).toContainEqual(['!re', '=comment=Ω é 🦊 =x'])
  })

  it('ends with /quit and by a stream that is no API', async () => {
    const device = await start()
    const polite = await ApiTalker.loggedIn(device)
    expect(await polite.ask('/quit')).toEqual([['!fatal', 'session terminated on request']])
    expect(await polite.closed).toBe(true)
    const rude = await ApiTalker.plain(device)
    rude.socket.write(Buffer.from([0xff]))
    expect(await rude.closed).toBe(true)
  })

  it('speaks TLS 1.2 and no newer with a certificate that clients can verify', async () => {
    const device = await start({ apiTls: LOCAL })
    const talker = await ApiTalker.tls(device)
    expect(await talker.ask('/login', '=name=admin', '=password=')).toEqual([['!done']])
    expect('getProtocol' in talker.socket && (talker.socket as { getProtocol(): string }).getProtocol()).toBe('TLSv1.2')
    expect(device.certificate?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })
})

describe('max-sessions', () => {
  it.each(['closed', 'reset'] as const)('beyond it connections are %s', async overMaxSessions => {
    const device = await start({ maxSessions: 2, switches: { overMaxSessions } })
    const first = await ApiTalker.loggedIn(device)
    await ApiTalker.loggedIn(device)
    const third = await ApiTalker.plain(device)
    expect(await third.closed).toBe(true)
    first.socket.destroy()
    await expect.poll(() => device.apiSessions).toBe(1)
    const fourth = await ApiTalker.loggedIn(device)
    expect(fourth.received).toEqual([['!done']])
  })

  it('beyond it connections are queued', async () => {
    const device = await start({ maxSessions: 1, switches: { overMaxSessions: 'queued' } })
    const first = await ApiTalker.loggedIn(device)
    const second = await ApiTalker.plain(device)
    second.send('/login', '=name=admin', '=password=')
    await first.ask('/disk/print')
    expect(second.received).toEqual([])
    first.socket.destroy()
    expect(await second.untilDone()).toEqual([['!done']])
  })
})
