import { connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import type { Policy } from '../../../../../src/adapters/sim/routeros-device/users.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk } from '../model-device.ts'
import { RestTalker } from './rest-talker.ts'

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({ restPlain: LOCAL, directories: ['storage-pool/v'], ...options })
  onTestFinished(() => device.stop())
  return device
}

const SECRET = { user: 'csi', password: 'se:cr et' }
const csi = (...policies: Policy[]) => ({ name: SECRET.user, password: SECRET.password, policies })
const ALL: readonly Policy[] = ['read', 'write', 'test', 'api', 'rest-api']

const paths = (device: RunningDevice): string[] => device.commands.map(({ path }) => path)

describe('a user of the REST API', () => {
  it('logs in with name and password', async () => {
    const device = await start({ users: [csi(...ALL)] })
    const unauthorized = { status: 401, text: '{"error":401,"message":"Unauthorized"}' }
    expect(await RestTalker.plain(device, SECRET).get('/rest/system/identity')).toMatchObject({ status: 200 })
    for (const who of [
      { ...SECRET, password: 'se:cr' },
      { ...SECRET, user: 'CSI' },
      { user: 'csi', password: '' },
    ]) {
      expect(await RestTalker.plain(device, who).get('/rest/system/identity')).toMatchObject(unauthorized)
    }
    const nobody = await RestTalker.anonymous(device).get('/rest/disk')
    expect(nobody).toMatchObject(unauthorized)
    expect(nobody.headers['www-authenticate']).toMatch(/^Basic/)
  })

  it('needs rest-api to log in, and api for anything at all', async () => {
    const device = await start({ users: [csi('read', 'write', 'api')] })
    const rest = RestTalker.plain(device, SECRET)
    expect(await rest.get('/rest/disk')).toMatchObject({ status: 401 })
    device.setUsers([csi('read', 'write', 'rest-api')])
    expect(await rest.get('/rest/disk')).toMatchObject({
      status: 500,
      text: '{"detail":"std failure: not allowed (9)","error":500,"message":"Internal Server Error"}',
    })
  })

  it('needs the right of each command', async () => {
    const device = await start({ users: [csi('read', 'api', 'rest-api')] })
    const rest = RestTalker.plain(device, SECRET)
    const refused = { status: 500, json: { error: 500, detail: 'not enough permissions (9)' } }
    expect(await rest.get('/rest/disk')).toMatchObject({ status: 200 })
    expect(await rest.post('/rest/disk/add', fileDisk('one'))).toMatchObject(refused)
    expect(await rest.call('PUT', '/rest/disk', { body: fileDisk('one') })).toMatchObject(refused)
    // PATCH and DELETE do not say so.
    const hidden = { status: 400, json: { detail: 'missing or invalid resource identifier' } }
    expect(await rest.call('PATCH', '/rest/disk/storage-pool', { body: { comment: 'x' } })).toMatchObject(hidden)
    expect(await rest.call('DELETE', '/rest/disk/storage-pool')).toMatchObject(hidden)
    expect(await rest.get('/rest/system/resource')).toMatchObject({
      status: 500,
      json: { detail: 'std failure: not allowed (9)' },
    })
  })

  it('logs in once for ten minutes, over any number of connections', async () => {
    let now = Date.parse('2026-10-02T03:04:05Z')
    const device = await start({ users: [csi(...ALL)], now: () => new Date(now) })
    const [one, other] = [RestTalker.plain(device, SECRET), RestTalker.plain(device, SECRET)]
    await one.get('/rest/system/identity')
    now += 599_999
    await other.get('/rest/system/identity')
    expect(paths(device)).toEqual(['/login', '/system/identity/print', '/system/identity/print'])
    now += 1
    await one.get('/rest/system/identity')
    expect(paths(device).filter(path => path === '/login')).toHaveLength(2)
  })

  it('has a new password at once, and new rights with the next login', async () => {
    let now = 0
    const device = await start({ users: [csi(...ALL)], now: () => new Date(now) })
    const rest = RestTalker.plain(device, SECRET)
    expect(await rest.post('/rest/disk/add', fileDisk('one'))).toMatchObject({ status: 200 })
    device.setUsers([csi('read', 'api', 'rest-api')])
    expect(await rest.post('/rest/disk/add', fileDisk('two'))).toMatchObject({ status: 200 })
    now += 600_000
    expect(await rest.post('/rest/disk/add', fileDisk('three'))).toMatchObject({ status: 500 })
    device.setUsers([{ ...csi(...ALL), password: 'other' }])
    expect(await rest.get('/rest/disk')).toMatchObject({ status: 401 })
    expect(await RestTalker.plain(device, { ...SECRET, password: 'other' }).get('/rest/disk')).toMatchObject({
      status: 200,
    })
  })
})

describe('a request', () => {
  it('has a body of JSON, and says so', async () => {
    const rest = RestTalker.plain(await start())
    const post = (body: string, type = 'application/json') =>
      rest.call('POST', '/rest/disk/print', { body, headers: { 'content-type': type } })
    const broken = { status: 400, text: '{"detail":"Failed to parse json","error":400,"message":"Bad Request"}' }
    expect(await post('{"count-only":""}', 'application/json; charset=utf-8')).toMatchObject({ status: 200 })
    expect(await post('{"count-only":""}', 'text/plain')).toMatchObject({ status: 415, json: { error: 415 } })
    expect(await post('{"count-only":')).toMatchObject(broken)
    expect(await post('{"count-only":1e3}')).toMatchObject(broken)
    expect(await post(`{"x":"${'y'.repeat(1024 * 1024)}"}`)).toMatchObject({ status: 413 })
    expect(await rest.post('/rest/disk/print')).toMatchObject({ status: 200 })
  })

  it('is one of the REST API, while that is turned on', async () => {
    const device = await start()
    const rest = RestTalker.plain(device)
    expect(await rest.get('/webfig/')).toMatchObject({ status: 404, headers: { 'content-type': 'text/html' } })
    device.enableRest(false)
    expect(await rest.get('/rest/disk')).toMatchObject({ status: 403, headers: { 'content-type': 'text/html' } })
    device.enableRest(true)
    expect(await rest.get('/rest/disk')).toMatchObject({ status: 200 })
  })

  it('is logged as the command that it becomes, without secrets', async () => {
    const device = await start({ users: [csi(...ALL)] })
    const rest = RestTalker.plain(device, SECRET)
    await rest.call('PUT', '/rest/disk', { body: { ...fileDisk('one'), 'nvme-tcp-server-password': 'hidden' } })
    await rest.get('/rest/disk?slot=one')
    expect(paths(device)).toEqual(['/login', '/disk/add', '/disk/print'])
    expect(device.commands.at(-1)).toMatchObject({ words: ['?=slot=one'], service: 'rest' })
    expect(JSON.stringify(device.commands)).not.toMatch(/hidden|se:cr/)
  })
})

describe('requests at once', () => {
  it('of one user run one after the other, those of two users at the same time', async () => {
    const device = await start({ users: [csi(...ALL)] })
    const [admin, other] = [RestTalker.plain(device, undefined, 3), RestTalker.plain(device, SECRET)]
    const until = Promise.withResolvers<void>()
    device.faults.arm({ kind: 'ignoreCancel', until: until.promise }, { match: '/disk/add' })
    const first = admin.post('/rest/disk/add', fileDisk('one'))
    await expect.poll(() => paths(device)).toContain('/disk/add')
    const second = admin.get('/rest/disk?.proplist=slot')
    await other.get('/rest/system/identity')
    expect(paths(device)).not.toContain('/disk/print')
    until.resolve()
    expect((await first).status).toBe(200)
    expect((await second).json).toHaveLength(2)
  })

  it('end with the limit of the one that runs, all of one user together', async () => {
    const device = await start({ restLimitMs: 150 })
    const admin = RestTalker.plain(device, undefined, 3)
    device.faults.arm({ kind: 'hang' }, { match: '/disk/add' })
    const first = admin.post('/rest/disk/add', fileDisk('one'))
    await expect.poll(() => paths(device)).toContain('/disk/add')
    const second = admin.get('/rest/disk')
    const closed = { status: 400, text: '{"detail":"Session closed","error":400,"message":"Bad Request"}' }
    expect(await first).toMatchObject(closed)
    expect(await second).toMatchObject(closed)
    expect(await admin.get('/rest/disk')).toMatchObject({ status: 200 })
    expect(paths(device).filter(path => path === '/login')).toHaveLength(2)
  })

  it.each([
    ['finishes', 1],
    ['abandoned', 0],
  ] as const)('that reach the limit are carried out or not, by the switch: %s', async (vanishedClient, left) => {
    const device = await start({ restLimitMs: 100, latencyMs: 250, switches: { vanishedClient } })
    const admin = RestTalker.plain(device)
    expect(await admin.post('/rest/disk/add', fileDisk('one'))).toMatchObject({ json: { detail: 'Session closed' } })
    device.latencyMs = 0
    if (left > 0) await expect.poll(() => device.disks()).toHaveLength(1)
    expect(await admin.get('/rest/disk')).toMatchObject({ status: 200 })
    expect(device.disks()).toHaveLength(left)
  })

  it('keep their place when their client is gone', async () => {
    const device = await start()
    const [admin, other] = [RestTalker.plain(device), RestTalker.plain(device)]
    const until = Promise.withResolvers<void>()
    device.faults.arm({ kind: 'ignoreCancel', until: until.promise }, { match: '/disk/add' })
    const gone = new AbortController()
    const first = admin.call('POST', '/rest/disk/add', { body: fileDisk('one'), signal: gone.signal })
    await expect.poll(() => paths(device)).toContain('/disk/add')
    gone.abort()
    await expect(first).rejects.toThrow(/abort/i)
    const second = other.get('/rest/disk')
    await expect.poll(() => device.restSessions).toBe(1)
    expect(paths(device)).not.toContain('/disk/print')
    until.resolve()
    expect((await second).json).toHaveLength(2)
  })
})

describe('a connection', () => {
  it('is kept, over TLS 1.2 with the certificate of the device', async () => {
    const device = await start({ rest: LOCAL })
    const rest = RestTalker.tls(device)
    await rest.get('/rest/disk')
    const reply = await rest.call('PUT', '/rest/disk', { body: fileDisk('one') })
    expect(reply.headers.location).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/rest\/disk\/\*/)
    expect(device.restSessions).toBe(1)
  })

  it.each(['closed', 'reset'] as const)('beyond max-sessions is %s', async overMaxSessions => {
    const device = await start({ maxSessions: 1, switches: { overMaxSessions } })
    const [one, other] = [RestTalker.plain(device), RestTalker.plain(device)]
    await one.get('/rest/disk')
    await expect(other.get('/rest/disk')).rejects.toThrow(/hang up|ECONNRESET/)
    expect(await one.get('/rest/disk')).toMatchObject({ status: 200 })
  })

  it('beyond max-sessions waits for its turn, by the switch', async () => {
    const device = await start({ maxSessions: 1, switches: { overMaxSessions: 'queued' } })
    const one = connect(device.addresses.restPlain!)
    await expect.poll(() => device.restSessions).toBe(1)
    const reply = RestTalker.plain(device).get('/rest/disk')
    one.destroy()
    expect(await reply).toMatchObject({ status: 200 })
  })

  it.each(['end', 'reset'] as const)('is dropped before or after the effect of its command (%s)', async how => {
    const device = await start({ rest: LOCAL })
    const reset = how === 'reset'
    for (const rest of [RestTalker.plain(device), RestTalker.tls(device)]) {
      device.faults.arm({ kind: 'dropBefore', reset }, { match: '/disk/add' })
      await expect(rest.post('/rest/disk/add', fileDisk('one'))).rejects.toThrow(/hang up|ECONNRESET/)
      expect(device.disks()).toHaveLength(0)
      device.faults.arm({ kind: 'loseReply' }, { match: '/disk/add' })
      await expect(rest.post('/rest/disk/add', fileDisk('one'))).rejects.toThrow(/hang up|ECONNRESET/)
      expect(device.disks()).toHaveLength(1)
      expect(await rest.post('/rest/disk/remove', { numbers: 'one' })).toMatchObject({ status: 200 })
      device.perform('/file/remove', { numbers: 'storage-pool/v/one.img' })
    }
  })

  it('is forgotten, ignored, refused and taken again', async () => {
    const device = await start()
    const patience = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(100) })
    const rest = RestTalker.plain(device)
    await rest.get('/rest/disk')
    device.forgetConnections()
    await expect(rest.call('GET', '/rest/disk', patience())).rejects.toThrow(/abort|timeout/i)
    device.ignoreConnections(true)
    await expect(RestTalker.plain(device).call('GET', '/rest/disk', patience())).rejects.toThrow(/abort|timeout/i)
    device.ignoreConnections(false)
    const kept = RestTalker.plain(device)
    await kept.get('/rest/disk')
    await device.refuseConnections(true)
    await expect(RestTalker.plain(device).get('/rest/disk')).rejects.toThrow('ECONNREFUSED')
    expect(await kept.get('/rest/disk')).toMatchObject({ status: 200 })
    await device.refuseConnections(false)
    expect(await RestTalker.plain(device).get('/rest/disk')).toMatchObject({ status: 200 })
  })

  it('ends with the power of the device, and can be made anew on the same port', async () => {
    const device = await start({ latencyMs: 5000 })
    const { port } = device.addresses.restPlain!
    const reply = RestTalker.plain(device).get('/rest/disk')
    await expect.poll(() => device.restSessions).toBe(1)
    await Promise.all([expect(reply).rejects.toThrow(/hang up|ECONNRESET/), device.die()])
    device.latencyMs = 0
    await device.restart()
    expect(device.addresses.restPlain!.port).toBe(port)
    expect(await RestTalker.plain(device).get('/rest/disk')).toMatchObject({ status: 200 })
  })
})
