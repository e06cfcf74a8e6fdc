import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { BlockExport } from '../../../../src/adapters/sim/blocks/block-exports.ts'
import type { DeviceSwitches } from '../../../../src/adapters/sim/routeros-device/switches.ts'
import { exported, fileDisk, GIB, ModelDevice } from './model-device.ts'

const ALLOWED = 'nvme-tcp-server-allow-host-name'

/** A device with the exported disk `a`, and its live export as a host that is connected sees it. */
function exportedDevice(switches: Partial<DeviceSwitches> = {}): { device: ModelDevice; live: BlockExport } {
  const device = new ModelDevice(switches)
  device.addDisk('a', exported('nqn.a'))
  return { device, live: openAs(device, 'host-1') }
}

function openAs(device: ModelDevice, host: string, nqn = 'nqn.a', port = 4420): BlockExport {
  const live = device.state.disks.open(nqn, host, port)
  if (typeof live === 'string') throw new Error(live)
  return live
}

describe('/disk/set', () => {
  it('changes settings by id, by slot and for a list, and answers nothing', () => {
    const device = new ModelDevice()
    const id = device.addDisk('a') ?? ''
    device.addDisk('b')
    expect(device.do('/disk/set', { '.id': id, comment: 'one' })).toBeUndefined()
    expect(device.disk('a')?.['comment']).toBe('one')
    device.do('/disk/set', { '.id': 'a,b', comment: 'two' })
    expect([device.disk('a')?.['comment'], device.disk('b')?.['comment']]).toEqual(['two', 'two'])
    device.do('/disk/set', { numbers: 'b', comment: '' })
    expect(device.disk('b')).not.toHaveProperty('comment')
  })

  it('tells which item is missing in its own wording', () => {
    const set = { '.id': '*99', comment: 'x' }
    expect(new ModelDevice().refusal('/disk/set', set)).toBe('0 no such item')
    expect(new ModelDevice({ noSuchItemCategory: 'missing' }).refusal('/disk/set', set)).toBe('no such item')
    expect(new ModelDevice({ noSuchItemText: 'numbered' }).refusal('/disk/set', set)).toBe('0 no such item (4)')
    expect(new ModelDevice().refusal('/disk/set', { comment: 'x' })).toBe('missing =.id=')
  })

  it('changes nothing when one value is refused', () => {
    const { device } = exportedDevice()
    device.refusal('/disk/set', { '.id': 'a', comment: 'x', 'nvme-tcp-export': 'no', slot: 's'.repeat(33) })
    expect(device.disk('a')).toMatchObject({ 'nvme-tcp-export': 'true', slot: 'a' })
    expect(device.disk('a')).not.toHaveProperty('comment')
  })

  it('renames a slot to a free one only', () => {
    const device = new ModelDevice()
    device.addDisk('a')
    device.addDisk('b')
    expect(device.refusal('/disk/set', { '.id': 'a', slot: 'b' })).toBe('failure: already have such entry')
    expect(device.refusal('/disk/set', { '.id': 'a', slot: 'storage-pool' })).toContain('already have')
    device.do('/disk/set', { '.id': 'a', slot: 'c' })
    expect(device.disk('c')).toBeDefined()
  })

  it('unsets, enables, disables and comments', () => {
    const { device } = exportedDevice()
    device.do('/disk/comment', { '.id': 'a', comment: 'x' })
    device.do('/disk/disable', { '.id': 'a' })
    expect(device.disk('a')).toMatchObject({ disabled: 'true', comment: 'x' })
    device.do('/disk/enable', { '.id': 'a' })
    device.do('/disk/unset', { '.id': 'a', 'value-name': 'comment' })
    expect(device.disk('a')?.['disabled']).toBe('false')
    expect(device.disk('a')).not.toHaveProperty('comment')
    expect(device.refusal('/disk/unset', { '.id': 'a' })).toBe('missing =value-name=')
    expect(device.refusal('/disk/disable', { '.id': 'a', comment: 'x' })).toBe('unknown parameter comment')
  })

  it('lets the pool have a comment and nothing else', () => {
    const device = new ModelDevice()
    device.do('/disk/set', { '.id': 'storage-pool', comment: 'keep out' })
    expect(device.disk('storage-pool')?.['comment']).toBe('keep out')
    expect(device.refusal('/disk/set', { '.id': 'storage-pool', disabled: 'yes' })).toContain('not supported')
    expect(device.refusal('/disk/remove', { '.id': 'storage-pool' })).toBe('failure: disk is in use')
  })
})

describe('an export', () => {
  it('ends with nvme-tcp-export=no and is another one when it is turned on again', () => {
    const { device, live } = exportedDevice()
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    expect(live.ended.aborted).toBe(true)
    expect(device.state.disks.open('nqn.a', 'host-1', 4420)).toBe('unknown-nqn')
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'yes' })
    expect(openAs(device, 'host-1')).not.toBe(live)
  })

  it.each([
    [false, undefined],
    [true, 'nqn.a'],
  ])('shows its properties when off: %s', (exportPropsShownWhenOff, nqn) => {
    const { device } = exportedDevice({ exportPropsShownWhenOff })
    expect(device.disk('a')?.['nvme-tcp-server-nqn']).toBe('nqn.a')
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    expect(device.disk('a')?.['nvme-tcp-server-nqn']).toBe(nqn)
  })

  it.each([
    ['slot', 'a'],
    ['prefixed', 'nqn.2000-02.com.mikrotik:a'],
  ] as const)('without an NQN has one by the rule "%s"', (defaultNqn, nqn) => {
    const device = new ModelDevice({ defaultNqn })
    device.addDisk('a', { 'nvme-tcp-export': 'yes' })
    expect(openAs(device, 'h', nqn)).toBeDefined()
  })

  it('is reached on its own port only', () => {
    const { device } = exportedDevice()
    expect(device.state.disks.open('nqn.a', 'h', 4421)).toBe('unknown-nqn')
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-server-port': '4421' })
    expect(openAs(device, 'h', 'nqn.a', 4421)).toBeDefined()
  })

  it('lets in the allowed host and nobody else', () => {
    const { device } = exportedDevice()
    device.do('/disk/set', { '.id': 'a', [ALLOWED]: 'host-2' })
    expect(device.state.disks.open('nqn.a', 'host-1', 4420)).toBe('host-not-allowed')
    expect(openAs(device, 'host-2')).toBeDefined()
  })

  it.each([
    ['literal', 'host-not-allowed'],
    ['list', 'object'],
  ] as const)('takes commas in the allowed host as %s', (allowHostList, expected) => {
    const { device } = exportedDevice({ allowHostList })
    device.do('/disk/set', { '.id': 'a', [ALLOWED]: 'host-1,host-2' })
    const answer = device.state.disks.open('nqn.a', 'host-2', 4420)
    expect(typeof answer === 'string' ? answer : 'object').toBe(expected)
  })

  it.each([
    ['the allowed host, kept', { [ALLOWED]: 'host-2' }, {}, false],
    ['the allowed host, dropped', { [ALLOWED]: 'host-2' }, { allowHostChangeDropsSessions: true }, true],
    ['the same allowed host', { [ALLOWED]: '' }, { allowHostChangeDropsSessions: true }, false],
    ['a comment, kept', { comment: 'x' }, { allowHostChangeDropsSessions: true }, false],
    ['a comment, dropped', { comment: 'x' }, { anySetDropsSessions: true }, true],
    ['the NQN', { 'nvme-tcp-server-nqn': 'nqn.b' }, {}, true],
    ['disabled=yes, dropped', { disabled: 'yes' }, {}, true],
    ['disabled=yes, kept', { disabled: 'yes' }, { disableDropsSessions: false }, false],
  ])('keeps or drops its sessions by the switches: %s', (_, change, switches, dropped) => {
    const { device, live } = exportedDevice(switches)
    device.do('/disk/set', { '.id': 'a', ...change })
    expect(live.ended.aborted).toBe(dropped)
  })

  it('lets nobody in while disabled even where live sessions are kept', () => {
    const { device, live } = exportedDevice({ disableDropsSessions: false })
    device.do('/disk/disable', { '.id': 'a' })
    expect(device.state.disks.open('nqn.a', 'h', 4420)).toBe('unknown-nqn')
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    expect(live.ended.aborted).toBe(true)
  })
})

describe('growth by set file-size', () => {
  const grow = { '.id': 'a', 'file-size': '2G' }

  it('takes the space and lengthens the file', () => {
    const { device } = exportedDevice()
    device.do('/disk/set', grow)
    expect(device.disk('a')).toMatchObject({ size: String(2 * GIB), 'file-size': String(2 * GIB) })
    expect(device.file('storage-pool/v/a.img')?.['size']).toBe(String(2 * GIB))
    expect(statSync(join(device.folder, 'storage-pool/v/a.img')).size).toBe(2 * GIB)
    expect(device.free).toBe(98 * GIB)
  })

  it.each([
    ['atOnce', 2 * GIB],
    ['afterReexport', GIB],
  ] as const)('reaches connected hosts %s', (resizeVisible, size) => {
    const { device, live } = exportedDevice({ resizeVisible })
    device.do('/disk/set', grow)
    expect(live.size()).toBe(size)
    expect(live.ended.aborted).toBe(false)
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'no' })
    device.do('/disk/set', { '.id': 'a', 'nvme-tcp-export': 'yes' })
    expect(openAs(device, 'host-1').size()).toBe(2 * GIB)
  })

  it('is refused beyond the pool, for less than there is, or altogether', () => {
    const { device } = exportedDevice()
    expect(device.refusal('/disk/set', { ...grow, 'file-size': '200G' })).toBe('failure: not enough space')
    expect(device.refusal('/disk/set', { ...grow, 'file-size': '1M' })).toContain('can not be reduced')
    device.state.setSwitches({ setFileSize: 'refused' })
    expect(device.refusal('/disk/set', grow)).toContain('can not be changed')
    device.do('/disk/set', { ...grow, 'file-size': '1G' })
    expect(device.disk('a')?.['file-size']).toBe(String(GIB))
  })
})

describe('a long comment', () => {
  it.each([
    ['kept', 300],
    ['cut', 255],
    ['refused', undefined],
  ] as const)('is %s', (longComment, length) => {
    const device = new ModelDevice({ longComment })
    device.addDisk('a', { comment: 'x'.repeat(255) })
    const comment = 'y'.repeat(300)
    if (length === undefined) {
      const refusal = '1 invalid value for argument comment'
      expect(device.refusal('/disk/set', { '.id': 'a', comment })).toBe(refusal)
      expect(device.refusal('/disk/add', { ...fileDisk('b'), comment })).toBe(refusal)
      return
    }
    device.do('/disk/set', { '.id': 'a', comment })
    device.addDisk('b', { comment })
    for (const slot of ['a', 'b']) expect(device.disk(slot)?.['comment']).toHaveLength(length)
  })
})
