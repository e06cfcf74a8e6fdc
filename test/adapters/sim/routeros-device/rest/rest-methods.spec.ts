import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk, GIB } from '../model-device.ts'
import { RestTalker } from './rest-talker.ts'

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const device = await startDevice({ restPlain: LOCAL, directories: ['storage-pool/v'], ...options })
  onTestFinished(() => device.stop())
  return device
}

/** A device with the file disk `one`, and a client of it. */
async function withDisk(options: DeviceOptions = {}) {
  const device = await start(options)
  device.perform('/disk/add', fileDisk('one'))
  return { device, rest: RestTalker.plain(device), id: device.disk('one')!['.id']! }
}

const BAD_IDENTIFIER = {
  status: 400,
  json: { error: 400, message: 'Bad Request', detail: 'missing or invalid resource identifier' },
}
const badRequest = (detail: string) => ({ status: 400, json: { error: 400, message: 'Bad Request', detail } })

describe('GET', () => {
  it('lists a menu, all values as strings, keys sorted', async () => {
    const { rest, id } = await withDisk()
    const { status, headers, json, text } = await rest.get('/rest/disk')
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/json' })
    const [pool, disk] = json as Record<string, string>[]
    expect(pool).toMatchObject({ slot: 'storage-pool', mounted: 'true', size: '7681574174720' })
    expect(disk).toMatchObject({ '.id': id, slot: 'one', 'file-size': String(GIB), 'nvme-tcp-export': 'false' })
    expect(Object.keys(disk!)).toEqual(Object.keys(disk!).toSorted())
    expect(text).toContain(`{".id":"${id}",`)
  })

  it('filters by the parameters of the URL, all of which must match', async () => {
    const { device, rest } = await withDisk()
    device.perform('/disk/add', fileDisk('two'))
    const slots = async (query: string) => (await rest.get(`/rest/disk?.proplist=slot&${query}`)).json
    expect(await slots('type=file&slot=two')).toEqual([{ '.id': device.disk('two')!['.id'], slot: 'two' }])
    expect(await slots('nvme-tcp-export=no&type=file')).toHaveLength(2)
    expect(await slots('slot=three')).toEqual([])
    expect(await slots('slot=two&slot=one')).toEqual([])
  })

  it('gives the id with every list, whatever was asked for, and one record just what was asked for', async () => {
    const { rest, id } = await withDisk()
    expect((await rest.get('/rest/disk?slot=one&.proplist=file-size')).json).toEqual([
      { '.id': id, 'file-size': String(GIB) },
    ])
    expect((await rest.get(`/rest/disk/${id}?.proplist=file-size`)).json).toEqual({ 'file-size': String(GIB) })
  })

  it('finds a record by its id, by its name, and by a name with slashes', async () => {
    const { rest, id } = await withDisk()
    const one = expect.objectContaining({ '.id': id, slot: 'one' })
    expect((await rest.get(`/rest/disk/${id}`)).json).toEqual(one)
    expect((await rest.get('/rest/disk/one')).json).toEqual(one)
    const file = await rest.get('/rest/file/storage-pool%2Fv%2Fone.img')
    expect(file.json).toMatchObject({ name: 'storage-pool/v/one.img', '.id': expect.stringMatching(/^\*\*/) })
  })

  it('is one object for a menu without records', async () => {
    const { rest } = await withDisk()
    expect((await rest.get('/rest/system/identity')).json).toEqual({ name: 'MikroTik' })
    const { json } = await rest.get('/rest/system/resource?.proplist=version')
    expect(json).toEqual({ version: expect.stringMatching(/^7\.\d+\.\d+ \(stable\)$/) })
  })

  it('says what on the path is not there', async () => {
    const { rest } = await withDisk()
    expect(await rest.get('/rest/nonexistent/path')).toMatchObject(
      badRequest('no such command or directory (nonexistent)'),
    )
    expect(await rest.get('/rest/disk/one/two')).toMatchObject(badRequest('no such command or directory (one)'))
    expect(await rest.get('/rest/disk/three')).toMatchObject(badRequest('no such command or directory (three)'))
    expect(await rest.get('/rest/disk/print')).toMatchObject(badRequest('no such command'))
    expect(await rest.get('/rest/system')).toMatchObject(badRequest('no such command'))
  })

  it('does not decode an asterisk', async () => {
    const { rest, id } = await withDisk()
    expect(await rest.get(`/rest/disk/${id.replace('*', '%2A')}`)).toMatchObject(badRequest('no such command prefix'))
  })

  it.each(['404', '400'] as const)('answers %s for an id that is not there', async restUnknownId => {
    const { rest } = await withDisk({ switches: { restUnknownId } })
    const missing = { status: 404, text: '{"error":404,"message":"Not Found"}' }
    expect(await rest.get('/rest/disk/*FFF')).toMatchObject(restUnknownId === '404' ? missing : BAD_IDENTIFIER)
  })
})

describe('PUT', () => {
  it('adds one record and answers it, with its URL', async () => {
    const device = await start()
    const reply = await RestTalker.plain(device).call('PUT', '/rest/disk', {
      body: { ...fileDisk('new'), 'file-size': GIB, 'mount-filesystem': false },
      headers: { host: 'appliance.example' },
    })
    const id = device.disk('new')!['.id']
    expect(reply.status).toBe(201)
    expect(reply.headers.location).toBe(`http://appliance.example/rest/disk/${id}`)
    expect(reply.json).toMatchObject({ '.id': id, slot: 'new', 'file-size': String(GIB), 'mount-filesystem': 'false' })
  })

  it('tells why a value is refused', async () => {
    const rest = RestTalker.plain(await start())
    const put = (body: object) => rest.call('PUT', '/rest/disk', { body })
    expect(await put({ type: 'file', colour: 'red' })).toMatchObject(badRequest('unknown parameter colour'))
    expect(await put({ ...fileDisk('x'), 'file-size': 'big' })).toMatchObject(
      badRequest('invalid value for argument file-size'),
    )
    expect(await rest.call('PUT', '/rest/system/identity', { body: {} })).toMatchObject(badRequest('no such command'))
  })
})

describe('PATCH', () => {
  it('changes one record and answers it', async () => {
    const { device, rest, id } = await withDisk()
    const reply = await rest.call('PATCH', `/rest/disk/${id}`, { body: { comment: 'a "b" $c' } })
    expect(reply).toMatchObject({ status: 200, json: { '.id': id, slot: 'one', comment: 'a "b" $c' } })
    expect(device.disk('one')).toMatchObject({ comment: 'a "b" $c' })
    expect(await rest.call('PATCH', '/rest/disk/one', { body: { slot: 'uno' } })).toMatchObject({
      status: 200,
      json: { '.id': id, slot: 'uno' },
    })
  })

  it.each([
    ['identifier', 'missing or invalid resource identifier'],
    ['reason', 'unknown parameter colour'],
  ] as const)('says of a refused value what the switch says: %s', async (restRefusedChange, detail) => {
    const { rest } = await withDisk({ switches: { restRefusedChange } })
    expect(await rest.call('PATCH', '/rest/disk/one', { body: { colour: 'red' } })).toMatchObject(badRequest(detail))
  })

  it('works on records only', async () => {
    const { rest } = await withDisk()
    expect(await rest.call('PATCH', '/rest/system/identity', { body: { name: 'x' } })).toMatchObject(BAD_IDENTIFIER)
    expect(await rest.call('PATCH', '/rest/disk/*FFF', { body: { comment: 'x' } })).toMatchObject({ status: 404 })
    expect(await rest.call('PATCH', '/rest/disk/three', { body: { comment: 'x' } })).toMatchObject({ status: 404 })
  })
})

describe('DELETE', () => {
  it('removes a record and answers nothing; the second time it is not there', async () => {
    const { device, rest, id } = await withDisk()
    expect(await rest.call('DELETE', `/rest/disk/${id}`)).toMatchObject({ status: 204, text: '' })
    expect(device.disk('one')).toBeUndefined()
    expect(await rest.call('DELETE', `/rest/disk/${id}`)).toMatchObject({
      status: 404,
      text: '{"error":404,"message":"Not Found"}',
    })
  })

  it('hides why it is refused', async () => {
    const { rest } = await withDisk()
    expect(await rest.call('DELETE', '/rest/file/storage-pool%2Fv%2Fone.img')).toMatchObject(BAD_IDENTIFIER)
  })
})

describe('POST', () => {
  it('does any command, and answers as the binary API does', async () => {
    const { device, rest, id } = await withDisk()
    const added = await rest.post('/rest/disk/add', fileDisk('two'))
    expect(added).toMatchObject({ status: 200, json: { ret: device.disk('two')!['.id'] } })
    expect(await rest.post('/rest/disk/set', { '.id': `${id},two`, comment: 'both' })).toMatchObject({ json: [] })
    expect(device.disks().map(disk => disk['comment'])).toEqual(['both', 'both'])
    expect(await rest.post('/rest/disk/remove', { numbers: 'two' })).toMatchObject({ status: 200, json: [] })
    expect(await rest.post('/rest/system/identity/print')).toMatchObject({ json: [{ name: 'MikroTik' }] })
    expect(await rest.post('/rest/disk/print', { 'count-only': '' })).toMatchObject({ text: '{"ret":"2"}' })
  })

  it('prints what a query selects', async () => {
    const { device, rest } = await withDisk()
    device.perform('/disk/add', fileDisk('two'))
    const print = async (body: object) => (await rest.post('/rest/disk/print', body)).json
    expect(await print({ '.proplist': 'slot', '.query': ['slot=one', 'slot=two', '#|'] })).toEqual([
      { slot: 'one' },
      { slot: 'two' },
    ])
    expect(await print({ '.proplist': ['slot', 'type'], '.query': ['type=file', '#!'] })).toEqual([
      expect.objectContaining({ slot: 'storage-pool' }),
    ])
    expect(await print({ '.query': ['slot=nothing'] })).toEqual([])
  })

  it('numbers the rows of a command that reports over time', async () => {
    const { device, rest } = await withDisk()
    device.perform('/disk/add', fileDisk('two'))
    const reply = await rest.post('/rest/disk/copy', { src: 'one', dst: 'two', '.proplist': 'status' })
    const rows = reply.json as Record<string, string>[]
    expect(rows.map(row => row['.section'])).toEqual(rows.map((_, index) => String(index)))
    expect(rows.at(-1)!['status']).toMatch(/\(100%\)|done/)
  })

  it('tells the reason of every refusal', async () => {
    const { rest } = await withDisk()
    const set = (body: object) => rest.post('/rest/disk/set', body)
    expect(await set({ '.id': 'one', colour: 'red' })).toMatchObject(badRequest('unknown parameter colour'))
    expect(await set({ '.id': '*FFF', comment: 'x' })).toMatchObject({ status: 404 })
    expect(await set({ comment: 'x' })).toMatchObject(badRequest('missing =.id='))
    expect(await rest.post('/rest/disk/add', fileDisk('one'))).toMatchObject({ status: 400 })
    expect(await rest.post('/rest/disk/paint', {})).toMatchObject(badRequest('no such command or directory (paint)'))
    expect(await rest.post('/rest/disk', {})).toMatchObject(badRequest('no such command'))
  })
})

describe('/execute', () => {
  it('waits for what a script writes, its error included', async () => {
    const { device, rest } = await withDisk()
    const output = (script: string) => rest.post('/rest/execute', { script, 'as-string': '' })
    expect(await output(':put [/disk/get one file-size]; :put done')).toMatchObject({
      status: 200,
      json: { ret: `${GIB}\ndone` },
    })
    expect(await output('/disk/set one comment="a b"')).toMatchObject({ status: 200, json: { ret: '' } })
    expect(device.disk('one')!['comment']).toBe('a b')
    expect(await output('/disk/set three comment=x')).toMatchObject({ status: 200, json: { ret: 'no such item' } })
  })

  it('has a legend without any item by the switch legendWhenEmpty', async () => {
    const { device, rest } = await withDisk()
    const output = async (): Promise<unknown> =>
      (await rest.post('/rest/execute', { script: '/disk/print detail where slot="none"', 'as-string': '' })).json
    expect(await output()).toEqual({ ret: '' })
    device.setSwitches({ legendWhenEmpty: true })
    expect(await output()).toMatchObject({ ret: expect.stringMatching(/^Flags: /) })
  })

  it('begins a job, which is listed until it ends', async () => {
    const { device, rest } = await withDisk()
    const { json } = await rest.post('/rest/execute', { script: ':delay 60m; /disk/set one comment=never' })
    const { ret } = json as { readonly ret: string }
    expect(ret).toMatch(/^\*/)
    expect(await rest.get('/rest/system/script/job')).toMatchObject({ json: [{ '.id': ret, owner: 'admin' }] })
    expect(await rest.call('DELETE', `/rest/system/script/job/${ret}`)).toMatchObject({ status: 204 })
    await expect.poll(async () => (await rest.get('/rest/system/script/job')).json).toEqual([])
    await rest.post('/rest/execute', { script: '/disk/set one comment=done' })
    await expect.poll(() => device.disk('one')!['comment']).toBe('done')
  })

  it('needs a script', async () => {
    const { rest } = await withDisk()
    expect(await rest.post('/rest/execute', {})).toMatchObject(badRequest('missing =script='))
  })
})

describe('another method', () => {
  it('is not served', async () => {
    const rest = RestTalker.plain(await start())
    expect(await rest.call('OPTIONS', '/rest/disk')).toMatchObject({ status: 503 })
    expect(await rest.call('HEAD', '/rest/disk')).toMatchObject({ status: 501 })
  })
})
