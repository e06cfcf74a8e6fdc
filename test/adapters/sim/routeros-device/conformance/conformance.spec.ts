import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import type { Policy } from '../../../../../src/adapters/sim/routeros-device/users.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk } from '../model-device.ts'
import { CHANGES, READS, stateOf } from './changes.ts'
import { type End, type ServiceClient, type ServiceName, SERVICES } from './service-client.ts'

const NAMES = Object.keys(SERVICES) as ServiceName[]
const ADMIN = { user: 'admin', password: 'pass word' }
async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({
    api: LOCAL,
    restPlain: LOCAL,
    ssh: LOCAL,
    hostKeyType: 'ed25519',
    password: ADMIN.password,
    directories: ['storage-pool/v'],
    pool: { fs: 'btrfs', label: 'pool', uuid: '40437dbc-2318-45dc-817b-b3bb95cf48ab' },
    now: () => new Date('2026-10-02T03:04:05Z'),
    ...options,
  })
  onTestFinished(() => device.stop())
  return device
}

/** Refusals told in the console's own words are compared as such only. */
const comparable = (end: End): unknown =>
  'refused' in end ? (end.refused.startsWith('failure: ') ? end : { refused: expect.any(String) }) : { rows: [] }

async function clientOf(service: ServiceName, device: RunningDevice, who = ADMIN): Promise<ServiceClient> {
  return SERVICES[service](device, who)
}

async function change(service: ServiceName) {
  const device = await start()
  const client = await clientOf(service, device)
  const ends: End[] = []
  for (const [path, args] of CHANGES) ends.push(await client.run(path, args))
  return { device, client, ends }
}

describe('the services of one device', () => {
  it.each(NAMES.slice(1))('make the same of every change: %s as the binary API', async service => {
    const [api, other] = [await change('api'), await change(service)]
    expect(api.ends.filter(end => 'refused' in end)).toHaveLength(7)
    for (const [index, end] of other.ends.entries()) {
      expect({ change: CHANGES[index], end }).toEqual({ change: CHANGES[index], end: comparable(api.ends[index]!) })
    }
    expect(stateOf(other.device)).toEqual(stateOf(api.device))
  })

  it.each(NAMES.slice(1))('read the same: %s as the binary API', async service => {
    const { device, client: api } = await change('api')
    const other = await clientOf(service, device)
    for (const [path, properties, where] of READS) {
      const read = await other.print(path, properties, where)
      expect({ path, properties, where, read }).toEqual({
        path,
        properties,
        where,
        read: await api.print(path, properties, where),
      })
    }
  })

  it('show each the changes of the others', async () => {
    const device = await start()
    const clients = await Promise.all(NAMES.map(name => clientOf(name, device)))
    for (const [index, client] of clients.entries()) {
      expect(await client.run('/disk/add', fileDisk(`disk-${index}`))).not.toHaveProperty('refused')
      const slots = Array.from({ length: index + 1 }, (_, each) => ({ slot: `disk-${each}` }))
      for (const reader of clients)
        expect(await reader.print('/disk', ['slot'], { type: 'file' })).toEqual({ rows: slots })
    }
    expect(new Set(device.commands.map(command => command.service))).toEqual(new Set(NAMES))
  })
})

describe('a user', () => {
  const LOGIN: Readonly<Record<ServiceName, readonly Policy[]>> = {
    api: ['api'],
    rest: ['rest-api', 'api'],
    ssh: ['ssh'],
  }
  const WHO = { user: 'someone', password: 'x' }
  const withRights = (policies: readonly Policy[]) =>
    start({ users: [{ name: WHO.user, password: WHO.password, policies }] })
  const reads = (client: ServiceClient): Promise<End> => client.print('/disk', ['slot'])
  const writes = (client: ServiceClient): Promise<End> => client.run('/disk/add', fileDisk('one'))

  it.each(NAMES)('needs the rights of each service and of each command: %s', async service => {
    const [reader, writer] = [['read'], ['read', 'write']].map(rights =>
      withRights([...LOGIN[service], ...rights] as Policy[]),
    )
    const reading = await clientOf(service, await reader!, WHO)
    expect(await reads(reading)).toEqual({ rows: [{ slot: 'storage-pool' }] })
    expect(await writes(reading)).toEqual({ refused: 'not enough permissions (9)' })
    const device = await writer!
    expect(await writes(await clientOf(service, device, WHO))).not.toHaveProperty('refused')
    expect(device.disk('one')).toBeDefined()
  })

  it.each(NAMES)('can not log in without the right of the service: %s', async service => {
    const others = NAMES.filter(name => name !== service).flatMap(name => LOGIN[name])
    const rights = others.filter(policy => policy !== LOGIN[service][0])
    const device = await withRights(['read', 'write', ...rights])
    const attempt = clientOf(service, device, WHO).then(reads)
    if (service === 'rest') expect(await attempt).toEqual({ refused: 'Unauthorized' })
    else await expect(attempt).rejects.toThrow(/invalid user name or password|authentication/)
  })

  it.each(NAMES)('can not log in with another password: %s', async service => {
    const device = await withRights(['read', 'api', 'rest-api', 'ssh'])
    const attempt = clientOf(service, device, { ...WHO, password: 'y' }).then(reads)
    if (service === 'rest') expect(await attempt).toEqual({ refused: 'Unauthorized' })
    else await expect(attempt).rejects.toThrow(/invalid user name or password|authentication/)
  })
})
