import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_TIMING } from '../../../src/adapters/routeros/link/session-transport.ts'
import { transportOf, type WaysOptions } from '../../../src/adapters/routeros/ways.ts'
import { startDevice } from '../../../src/adapters/sim/routeros-device/start-device.ts'
import { SystemClock } from '../../../src/adapters/system/system-clock.ts'
import { Recorder } from '../../support/routeros-recorder.ts'
import { never, until } from '../../support/routeros-transports.ts'

const LOCALHOST = { host: '127.0.0.1', port: 0 }
const PASSWORD = 'hunter2'
const print = { path: '/disk/print' }
const secret = async (): Promise<string> => PASSWORD

/** A port at which nobody listens, until `open` leads it to another one. */
async function door(to: number): Promise<{ readonly port: number; readonly open: () => Promise<void> }> {
  const server = createServer(socket => {
    const other = connect(to, '127.0.0.1')
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      one.on('error', () => undefined)
      one.once('close', () => two.destroy())
      one.pipe(two)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const open = async (): Promise<void> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
  }
  return { port, open }
}

async function served() {
  const device = await startDevice({ apiTls: LOCALHOST, rest: LOCALHOST, ssh: LOCALHOST, password: PASSWORD })
  onTestFinished(() => device.stop())
  const recorder = new Recorder()
  const proofs = {
    tls: { fingerprint: device.certificate!.fingerprint },
    ssh: { hostKey: device.hostKey!.fingerprint },
  }
  const open = (options: Pick<WaysOptions, 'transport' | 'port' | 'fallback'>) => {
    const made = transportOf({ address: '127.0.0.1', user: 'admin', password: secret, ...proofs, ...options })
    const timing = { ...DEFAULT_TIMING, wait: 1000, pauses: { first: 2, longest: 20 } }
    const transport = made(timing, { clock: new SystemClock(), log: recorder, telemetry: recorder, random: () => 1 })
    onTestFinished(() => transport.close())
    return transport
  }
  return { device, recorder, open }
}

describe('a way to the appliance', () => {
  it.each([
    ['api', 'apiTls'],
    ['rest', 'rest'],
    ['ssh', 'ssh'],
  ] as const)('by %s leads there', async (transport, service) => {
    const { device, open } = await served()
    const { rows } = await open({ transport, port: device.addresses[service]!.port }).run(print, never())
    expect(rows.map(row => row.get('slot'))).toEqual(['storage-pool'])
  })

  it('by another transport is taken while the first cannot be had, told each time, and left again', async () => {
    const { device, recorder, open } = await served()
    const api = await door(device.addresses.apiTls!.port)
    const fallback = [
      { transport: 'rest', port: 1 },
      { transport: 'ssh', port: device.addresses.ssh!.port },
    ] as const
    const transport = open({ transport: 'api', port: api.port, fallback })
    await expect(transport.run(print, never())).resolves.toMatchObject({ rows: expect.any(Array) })
    expect([device.sshSessions, device.apiSessions, transport.connected]).toEqual([1, 0, true])
    await api.open()
    await until(() => device.apiSessions === 1)
    await until(() => transport.made === 2)
    await transport.run(print, never())
    const changes = recorder.lines.filter(({ message }) => message.startsWith('another transport'))
    expect(changes.map(({ level, fields }) => [level, fields['from'], fields['to']])).toEqual([
      ['warn', `api:${api.port}`, `ssh:${fallback[1].port}`],
      ['warn', `ssh:${fallback[1].port}`, `api:${api.port}`],
    ])
    expect(changes[0]?.fields['why']).toMatch(/ECONNREFUSED.*ECONNREFUSED/)
    expect(recorder.text).not.toContain(PASSWORD)
  })

  it.each([
    ['api without a proof', { transport: 'api', tls: {} }, 'nothing proves who the appliance is'],
    ['rest without a proof', { transport: 'rest', tls: {} }, 'nothing proves who the appliance is'],
    ['ssh without a host key', { transport: 'ssh', ssh: {} }, 'give its SSH host key'],
    ['a host key that is none', { transport: 'ssh', ssh: { hostKey: 'SHA256:x' } }, 'is no host key'],
    ['a fallback without a proof', { transport: 'ssh', tls: {}, fallback: [{ transport: 'rest' }] }, 'nothing proves'],
    ['api without a password', { transport: 'api', password: undefined }, 'api needs a password'],
    ['ssh with nothing to log in', { transport: 'ssh', password: undefined }, 'ssh needs a password'],
  ])('is refused at once for %s', (_, change, message) => {
    const good = {
      address: '127.0.0.1',
      user: 'admin',
      password: secret,
      tls: { fingerprint: 'AB'.repeat(32) },
      ssh: { hostKey: `SHA256:${'A'.repeat(43)}` },
    }
    expect(() => transportOf({ ...good, ...change } as WaysOptions)).toThrow(message)
  })

  it('by ssh with a key needs no password', () => {
    const ssh = { hostKey: `SHA256:${'A'.repeat(43)}` }
    const options: WaysOptions = { transport: 'ssh', address: '127.0.0.1', user: 'admin', key: secret, ssh }
    expect(() => transportOf(options)).not.toThrow()
  })
})
