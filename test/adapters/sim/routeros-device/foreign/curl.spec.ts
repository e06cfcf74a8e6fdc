import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk, GIB } from '../model-device.ts'
import { curl, curlMissing, type CurlReply } from './curl.ts'

const missing = curlMissing()

/** A device with a btrfs pool, and curl as a user of it who verifies its certificate. */
class Rig {
  readonly device: RunningDevice
  readonly #ca: string

  private constructor(device: RunningDevice, ca: string) {
    this.device = device
    this.#ca = ca
  }

  static async start(): Promise<Rig> {
    const user = { name: 'csi', password: 'p"a $s', policies: ['read', 'write', 'test', 'api', 'rest-api'] as const }
    const pool = { fs: 'btrfs', label: 'pool' } as const
    const device = await startDevice({ rest: LOCAL, users: [user], directories: ['storage-pool/v'], pool })
    const folder = mkdtempSync(join(tmpdir(), 'curl-'))
    onTestFinished(async () => {
      await device.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, device.certificate!.cert)
    return new Rig(device, ca)
  }

  url(path: string): string {
    return `https://127.0.0.1:${this.device.addresses.rest!.port}/rest/${path}`
  }

  run(path: string, ...args: readonly string[]): Promise<CurlReply> {
    return curl('--cacert', this.#ca, '--user', 'csi:p"a $s', ...args, this.url(path))
  }

  send(method: string, path: string, body: object): Promise<CurlReply> {
    return this.run(path, '-X', method, '-H', 'content-type: application/json', '--data', JSON.stringify(body))
  }

  async json(path: string, ...args: readonly string[]): Promise<unknown> {
    return JSON.parse((await this.run(path, ...args)).body) as unknown
  }
}

/** Where it is skipped, its name says why. */
const title = missing === undefined ? 'curl' : `curl (${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  it('adds, lists, reads, changes and removes a disk', async () => {
    const rig = await Rig.start()
    const added = await rig.send('PUT', 'disk', fileDisk('one'))
    const id = rig.device.disk('one')!['.id']!
    expect(added.status).toBe(201)
    expect(added.headers.get('location')).toBe(rig.url(`disk/${id}`))
    expect(added.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(added.body)).toMatchObject({ '.id': id, slot: 'one', 'file-size': String(GIB) })

    expect(await rig.json('disk', '-G', '-d', 'type=file', '-d', '.proplist=slot,file-size')).toEqual([
      { '.id': id, 'file-size': String(GIB), slot: 'one' },
    ])
    expect(await rig.json(`disk/${id}`, '-G', '-d', '.proplist=slot')).toEqual({ slot: 'one' })

    const comment = `it's "quoted", $dollar; [braces] \\ and ünïcode 😀`
    expect((await rig.send('PATCH', `disk/${id}`, { comment })).status).toBe(200)
    expect(await rig.json('disk/one', '-G', '-d', '.proplist=comment')).toEqual({ comment })
    expect(rig.device.disk('one')!['comment']).toBe(comment)
    const found = await rig.json('disk', '-G', '--data-urlencode', `comment=${comment}`, '-d', '.proplist=slot')
    expect(found).toEqual([{ '.id': id, slot: 'one' }])

    expect(await rig.run(`disk/${id}`, '-X', 'DELETE')).toMatchObject({ status: 204, body: '' })
    expect(await rig.run(`disk/${id}`, '-X', 'DELETE')).toMatchObject({
      status: 404,
      body: '{"error":404,"message":"Not Found"}',
    })
  })

  it('does any command with POST, and queries', async () => {
    const rig = await Rig.start()
    for (const slot of ['one', 'two', 'three']) rig.device.perform('/disk/add', fileDisk(slot))
    const post = async (path: string, body: object) => JSON.parse((await rig.send('POST', path, body)).body) as unknown
    const query = ['slot=one', 'slot=two', '#|', 'type=file', '#&']
    expect(await post('disk/print', { '.proplist': ['slot', 'nvme-tcp-export'], '.query': query })).toEqual([
      { 'nvme-tcp-export': 'false', slot: 'one' },
      { 'nvme-tcp-export': 'false', slot: 'two' },
    ])
    expect(await post('disk/print', { 'count-only': '', '.query': ['slot=two', '#!', 'type=file'] })).toEqual({
      ret: '2',
    })
    expect(await post('disk/set', { '.id': 'one', 'nvme-tcp-export': true, 'nvme-tcp-server-port': 4420 })).toEqual([])
    expect(rig.device.disk('one')).toMatchObject({ 'nvme-tcp-export': 'true', 'nvme-tcp-server-port': '4420' })
    expect(await post('disk/remove', { '.id': 'two,three' })).toEqual([])
    expect(rig.device.disks().map(disk => disk['slot'])).toEqual(['one'])
  })

  it('makes subvolumes and snapshots, and reads files below directories', async () => {
    const rig = await Rig.start()
    const add = (body: object) => rig.send('PUT', 'disk/btrfs/subvolume', { fs: 'pool', ...body })
    expect(await add({ name: 'vol' })).toMatchObject({ status: 201 })
    const disk = { ...fileDisk('one'), 'file-path': '/storage-pool/vol/volume.img' }
    expect(await rig.send('PUT', 'disk', disk)).toMatchObject({ status: 201 })
    expect(await add({ name: 'snap', parent: 'vol', 'read-only': 'yes' })).toMatchObject({ status: 201 })
    const listed = await rig.json('disk/btrfs/subvolume', '-G', '-d', '.proplist=fullname,snapshot,read-only')
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ fullname: 'vol' }),
        expect.objectContaining({ fullname: 'snap', snapshot: 'true', 'read-only': 'true' }),
      ]),
    )
    expect(await rig.json('file/storage-pool%2Fsnap%2Fvolume.img', '-G', '-d', '.proplist=name,size')).toEqual({
      name: 'storage-pool/snap/volume.img',
      size: String(GIB),
    })
  })

  it('collects what commands report, and runs scripts', async () => {
    const rig = await Rig.start()
    for (const slot of ['one', 'two']) rig.device.perform('/disk/add', { ...fileDisk(slot), 'file-size': '1048576' })
    const post = async (path: string, body: object) => JSON.parse((await rig.send('POST', path, body)).body) as unknown
    expect(await post('disk/monitor-traffic', { numbers: 'one', once: '', '.proplist': 'slot,read-bytes' })).toEqual([
      { 'read-bytes': '0', slot: 'one' },
    ])
    const rows = (await post('disk/copy', { src: 'one', dst: 'two' })) as Record<string, string>[]
    expect(rows.at(-1)).toEqual({ '.section': String(rows.length - 1), status: expect.stringContaining('(100%)') })
    const script = ':foreach d in=[/disk/find type=file] do={ :put [/disk/get $d slot] }'
    expect(await post('execute', { script, 'as-string': '' })).toEqual({ ret: 'one\ntwo' })
  })

  it('is told what is wrong', async () => {
    const rig = await Rig.start()
    const bad = (detail: string) => ({
      status: 400,
      body: JSON.stringify({ detail, error: 400, message: 'Bad Request' }),
    })
    expect(await rig.send('PUT', 'disk', { ...fileDisk('x'), colour: 'red' })).toMatchObject(
      bad('unknown parameter colour'),
    )
    expect(await rig.send('PATCH', 'disk/storage-pool', { colour: 'red' })).toMatchObject(
      bad('missing or invalid resource identifier'),
    )
    expect(await rig.send('POST', 'disk/paint', {})).toMatchObject(bad('no such command or directory (paint)'))
    expect(await rig.run('disk/%2A20')).toMatchObject(bad('no such command prefix'))
    expect(await rig.run('disk', '-X', 'PUT', '--data', '{}')).toMatchObject({ status: 415 })
    expect(await rig.run('disk', '--user', 'csi:wrong')).toMatchObject({
      status: 401,
      body: '{"error":401,"message":"Unauthorized"}',
    })
  })

  it('sends a large body in two steps', async () => {
    const rig = await Rig.start()
    const contents = 'x'.repeat(100_000)
    const name = 'storage-pool/v/large.txt'
    expect(await rig.send('PUT', 'file', { name, type: 'file', contents })).toMatchObject({ status: 201 })
    expect(rig.device.file(name)!['size']).toBe('100000')
  })

  it('meets TLS 1.2 and the certificate of the device', async () => {
    const rig = await Rig.start()
    expect(await rig.run('disk', '--tlsv1.3')).toMatchObject({ exitCode: 35 })
    expect(await curl('--user', 'csi:p"a $s', rig.url('disk'))).toMatchObject({ exitCode: 60 })
  })
})
