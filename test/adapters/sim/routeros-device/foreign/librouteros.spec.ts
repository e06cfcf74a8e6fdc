import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../../src/adapters/sim/routeros-device/start-device.ts'
import { LOCAL } from '../api-talker.ts'
import { fileDisk, GIB } from '../model-device.ts'
import { librouteros } from './librouteros.ts'
import { type Result, type Step, talk } from './talk.ts'

const found = librouteros()
const folder = 'folder' in found ? found.folder : ''
const missing = 'missing' in found ? found.missing : undefined

async function start(options: DeviceOptions = {}): Promise<RunningDevice> {
  const directories = ['storage-pool/v']
  const device = await startDevice({
    api: LOCAL,
    apiTls: LOCAL,
    user: 'csi',
    password: 'sëcret',
    directories,
    ...options,
  })
  onTestFinished(() => device.stop())
  return device
}

const plain = (device: RunningDevice, ...steps: readonly Step[]): Promise<readonly Result[]> =>
  talk(folder, { ...device.addresses.api!, user: 'csi', password: 'sëcret', steps })

function secure(device: RunningDevice, ...steps: readonly Step[]): Promise<readonly Result[]> {
  const place = mkdtempSync(join(tmpdir(), 'librouteros-'))
  onTestFinished(() => rmSync(place, { recursive: true, force: true }))
  const ca = join(place, 'ca.pem')
  writeFileSync(ca, device.certificate!.cert)
  return talk(folder, { ...device.addresses.apiTls!, user: 'csi', password: 'sëcret', ca, steps })
}

const disk = (slot: string): Step => ({ do: 'add', path: '/disk', args: { ...fileDisk(slot) } })
const slots = (where: Extract<Step, { do: 'select' }>['where']): Step => ({
  do: 'select',
  path: '/disk',
  keys: ['slot'],
  ...(where && { where }),
})
const values = (...names: readonly string[]) => ({ value: names.map(slot => ({ slot })) })
const SUBVOLUME = '/disk/btrfs/subvolume'

/** Where it is skipped, its name says why. */
const title = missing === undefined ? 'librouteros' : `librouteros (${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  it.each([
    ['plain', plain],
    ['over TLS', secure],
  ] as const)('adds, changes, reads and removes disks, %s', async (_, client) => {
    const device = await start()
    const comment = `ünïcode "quoted" $dollar; [x]\\ 😀`
    const [added, changed, all, one] = await client(
      device,
      disk('one'),
      {
        do: 'update',
        path: '/disk',
        args: { '.id': 'one', comment, 'nvme-tcp-export': true, 'nvme-tcp-server-port': 4420 },
      },
      { do: 'all', path: '/disk' },
      { do: 'select', path: '/disk', keys: ['.id', 'slot', 'file-size', 'file-path', 'nvme-tcp-export', 'comment'] },
    )
    const id = device.disk('one')!['.id']
    expect(added).toEqual({ value: id })
    expect(changed).toEqual({ value: null })
    expect(all).toMatchObject({
      value: [
        { slot: 'storage-pool', mounted: true },
        { slot: 'one', 'file-size': GIB },
      ],
    })
    expect(one).toEqual({
      value: [
        { '.id': '*20', slot: 'storage-pool', 'nvme-tcp-export': false },
        {
          '.id': id,
          slot: 'one',
          'file-size': GIB,
          'file-path': '/storage-pool/v/one.img',
          'nvme-tcp-export': true,
          comment,
        },
      ],
    })
    expect(await client(device, { do: 'remove', path: '/disk', ids: [id!] })).toEqual([{ value: null }])
    expect(device.disks()).toEqual([])
  })

  it('queries as it builds them', async () => {
    const device = await start()
    const results = await plain(
      device,
      ...['a', 'b', 'c'].map(disk),
      { do: 'update', path: '/disk', args: { '.id': 'b', 'nvme-tcp-export': true } },
      slots([['==', 'slot', 'b']]),
      slots([['!=', 'type', 'file']]),
      slots([['and', ['==', 'type', 'file'], ['!=', 'slot', 'b']]]),
      slots([['or', ['==', 'slot', 'a'], ['==', 'slot', 'b'], ['==', 'slot', 'storage-pool']]]),
      slots([['in', 'slot', ['c', 'a', 'x']]]),
      slots([['==', 'nvme-tcp-export', true]]),
      slots([['>', 'size', GIB]]),
      slots([
        ['<', 'size', 2 * GIB],
        ['!=', 'slot', 'a'],
      ]),
      slots([['==', 'slot', 'nothing']]),
      { do: 'call', path: '/disk', command: 'print', args: { 'count-only': '' } },
    )
    expect(results.slice(4)).toEqual([
      values('b'),
      values('storage-pool'),
      values('a', 'c'),
      values('storage-pool', 'a', 'b'),
      values('a', 'c'),
      values('b'),
      values('storage-pool'),
      values('b', 'c'),
      values(),
      { value: [{ ret: 4 }] },
    ])
  })

  it('collects what commands report', async () => {
    const device = await start()
    for (const slot of ['one', 'two']) device.perform('/disk/add', { ...fileDisk(slot), 'file-size': '1048576' })
    const [traffic, copied, rule, other, rules] = await plain(
      device,
      { do: 'call', path: '/disk', command: 'monitor-traffic', args: { numbers: 'one', once: '' } },
      { do: 'call', path: '/disk', command: 'copy', args: { src: 'one', dst: 'two' } },
      {
        do: 'add',
        path: '/ip/firewall/filter',
        args: { chain: 'input', action: 'drop', 'dst-port': 4420, protocol: 'tcp' },
      },
      { do: 'add', path: '/ip/firewall/filter', args: { chain: 'input', action: 'accept', comment: 'first' } },
      { do: 'all', path: '/ip/firewall/filter' },
    )
    expect(traffic).toMatchObject({ value: [{ slot: 'one', 'read-ops': 0, 'write-bytes': 0, 'read-rate': 0 }] })
    const { value: rows } = copied as { readonly value: readonly { readonly status: string }[] }
    expect(rows.at(-1)?.status).toContain('(100%)')
    for (const added of [rule, other]) expect(added).toMatchObject({ value: expect.stringMatching(/^\*/) })
    expect(rules).toMatchObject({
      value: [
        { action: 'drop', 'dst-port': 4420 },
        { action: 'accept', comment: 'first' },
      ],
    })
  })

  it('is told what is wrong, with the category', async () => {
    const device = await start()
    const trap = (message: string, category: number | null) => ({ error: 'TrapError', message, category })
    const results = await plain(
      device,
      disk('one'),
      disk('one'),
      { do: 'add', path: '/disk', args: { ...fileDisk('two'), colour: 'red' } },
      { do: 'add', path: '/disk', args: { ...fileDisk('two'), 'file-size': 'big' } },
      { do: 'update', path: '/disk', args: { '.id': '*FFF', comment: 'x' } },
      { do: 'call', path: '/disk', command: 'paint' },
      { do: 'select', path: '/disk', keys: ['slot'], where: [['==', 'slot', 'one']] },
    )
    expect(results.slice(1)).toEqual([
      { error: 'TrapError', message: expect.stringMatching(/^failure: /), category: null },
      trap('unknown parameter colour', null),
      trap('invalid value for argument file-size', 1),
      trap('no such item', 0),
      trap('no such command', 0),
      values('one'),
    ])
  })

  it('makes subvolumes, snapshots and clones', async () => {
    const device = await start({ pool: { fs: 'btrfs', label: 'pool' } })
    const subvolume = (args: Record<string, string>): Step => ({
      do: 'add',
      path: SUBVOLUME,
      args: { fs: 'pool', ...args },
    })
    const results = await plain(
      device,
      subvolume({ name: 'vol' }),
      { do: 'add', path: '/disk', args: { ...fileDisk('one'), 'file-path': '/storage-pool/vol/volume.img' } },
      subvolume({ name: 'snap', parent: 'vol', 'read-only': 'yes' }),
      subvolume({ name: 'clone', parent: 'snap' }),
      { do: 'add', path: '/disk', args: { type: 'file', slot: 'two', 'file-path': '/storage-pool/clone/volume.img' } },
      { do: 'select', path: SUBVOLUME, keys: ['fullname', 'snapshot', 'read-only'], where: [['==', 'fs', 'pool']] },
      { do: 'select', path: '/disk', keys: ['slot', 'file-size'], where: [['==', 'type', 'file']] },
    )
    for (const result of results.slice(0, 5)) expect(result).toMatchObject({ value: expect.stringMatching(/^\*/) })
    expect(results[5]).toMatchObject({
      value: expect.arrayContaining([
        { fullname: 'vol', snapshot: false, 'read-only': false },
        { fullname: 'snap', snapshot: true, 'read-only': true },
        { fullname: 'clone', snapshot: true, 'read-only': false },
      ]),
    })
    expect(results[6]).toEqual({
      value: [
        { slot: 'one', 'file-size': GIB },
        { slot: 'two', 'file-size': GIB },
      ],
    })
  })

  it('is refused with a wrong password', async () => {
    const device = await start({ password: 'other' })
    expect(await plain(device)).toEqual([
      { error: 'TrapError', message: 'invalid user name or password (6)', category: null },
    ])
  })

  it('does not trust another certificate', async () => {
    const [device, other] = [await start(), await start()]
    const place = mkdtempSync(join(tmpdir(), 'librouteros-'))
    onTestFinished(() => rmSync(place, { recursive: true, force: true }))
    const ca = join(place, 'ca.pem')
    writeFileSync(ca, other.certificate!.cert)
    const [result] = await talk(folder, { ...device.addresses.apiTls!, user: 'csi', password: 'sëcret', ca, steps: [] })
    expect(result).toMatchObject({ error: 'SSLCertVerificationError' })
  })
})
