import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { DEFAULT_TIMING, type TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import { type DeviceCommand, type ReplyRow, type Transport, TrapError } from '../../src/adapters/routeros/transport.ts'
import type { RunningDevice } from '../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { Recorder } from '../support/routeros-recorder.ts'
import { never } from '../support/routeros-transports.ts'
import { type Login, servedOver, transportOver, type Wire } from '../support/wires.ts'

const PASSWORD = 'pässword'
const FOLDER = 'storage-pool/csi'
/** Nobody's machine is so slow that it matters, nor is a test that waits for one of them. */
const TIMING: TransportTiming = { ...DEFAULT_TIMING, wait: 15_000, pauses: { first: 2, longest: 20 } }

export interface TransportRig {
  readonly device: RunningDevice
  readonly recorder: Recorder
  /** Opens another transport to the same device. */
  readonly open: (timing?: Partial<TransportTiming>, login?: Partial<Login>) => Transport
}

/** A device that is reached over this wire; it ends with the test, after its transports. */
export async function transportRig(wire: Wire, options: DeviceOptions = {}): Promise<TransportRig> {
  const device = await startDevice({ ...servedOver(wire), password: PASSWORD, directories: [FOLDER], ...options })
  const recorder = new Recorder()
  const open: TransportRig['open'] = (timing = {}, login = {}) => {
    const parts = { clock: new SystemClock(), log: recorder, telemetry: recorder, random: () => 1 }
    const all = { password: async () => PASSWORD, ...login }
    const transport = transportOver(wire, device, all, [{ ...TIMING, ...timing }, parts])
    onTestFinished(() => transport.close())
    return transport
  }
  onTestFinished(() => device.stop())
  return { device, recorder, open }
}

const plain = (rows: readonly ReplyRow[]): unknown[] => rows.map(row => Object.fromEntries(row))

export const diskAdd = (slot: string, more: Readonly<Record<string, string>> = {}): DeviceCommand => ({
  path: '/disk/add',
  args: { type: 'file', slot, 'file-path': `/${FOLDER}/${slot}.img`, 'file-size': String(GiB), ...more },
})

/** What every transport promises, against one device. */
export function transportContract(wire: Wire): void {
  let rig: TransportRig
  let device: RunningDevice
  let transport: Transport
  const run = (command: DeviceCommand, signal = never()) => transport.run(command, signal)
  const disk = (slot: string) => device.disks().find(row => row['slot'] === slot)

  beforeEach(async () => {
    rig = await transportRig(wire)
    ;({ device } = rig)
    transport = rig.open()
  })

  describe('a command', () => {
    it('adds, changes and removes one thing, and says nothing of it', async () => {
      await expect(run(diskAdd('a', { comment: 'one' }))).resolves.toMatchObject({ rows: [] })
      await run(diskAdd('b'))
      await expect(run({ path: '/disk/set', args: { '.id': 'a', comment: '' } })).resolves.toMatchObject({ rows: [] })
      expect(disk('a')).toMatchObject({ slot: 'a', 'file-size': String(GiB), type: 'file' })
      expect(disk('a')?.['comment'] ?? '').toBe('')
      await run({ path: '/disk/remove', args: { '.id': 'a' } })
      await run({ path: '/file/remove', args: { '.id': `${FOLDER}/a.img` } })
      expect(device.disks().map(row => row['slot'])).toEqual(['b'])
      expect(device.files().map(row => row['name'])).not.toContain(`${FOLDER}/a.img`)
    })

    it('addresses an item by its id too', async () => {
      await run(diskAdd('a'))
      await run(diskAdd('b'))
      await run({ path: '/disk/set', args: { '.id': disk('b')!['.id']!, comment: 'by id' } })
      expect([disk('a')?.['comment'], disk('b')?.['comment']]).toEqual([undefined, 'by id'])
    })

    it('reads exact values of what it asks for, of those rows alone that have one of the values', async () => {
      await run(diskAdd('a', { comment: 'x', 'nvme-tcp-export': 'yes' }))
      await run(diskAdd('b', { comment: 'y' }))
      await run(diskAdd('c', { comment: 'z' }))
      const { rows } = await run({
        path: '/disk/print',
        anyOf: [
          ['slot', 'a'],
          ['comment', 'z'],
          ['slot', 'nobody'],
        ],
        properties: ['slot', 'file-size', 'nvme-tcp-export', 'file-path', 'comment'],
      })
      const common = { 'file-size': String(GiB) }
      expect(plain(rows)).toMatchObject([
        { ...common, slot: 'a', 'nvme-tcp-export': 'true', 'file-path': `/${FOLDER}/a.img`, comment: 'x' },
        { ...common, slot: 'c', 'nvme-tcp-export': 'false', 'file-path': `/${FOLDER}/c.img`, comment: 'z' },
      ])
    })

    it('reads all rows with all they have where nothing else is asked, and none where there are none', async () => {
      const pool = await run({ path: '/disk/print' })
      expect(plain(pool.rows)).toMatchObject([{ slot: 'storage-pool', 'mount-point': 'storage-pool', mounted: 'true' }])
      const nothing = await run({ path: '/disk/print', anyOf: [['slot', 'nobody']], properties: ['slot'] })
      expect(nothing.rows).toEqual([])
    })

    it('reads arguments of a print', async () => {
      await run(diskAdd('a'))
      const args = { path: FOLDER, recursive: 'yes' }
      const { rows } = await run({ path: '/file/print', args, properties: ['name', 'type', 'size'] })
      expect(plain(rows)).toMatchObject([{ name: `${FOLDER}/a.img`, size: String(GiB) }])
    })

    it('takes as many as there are at once, each with its own reply', async () => {
      await Promise.all(Array.from({ length: 64 }, (_, at) => run(diskAdd(`disk-${at}`))))
      const found = await Promise.all(
        Array.from({ length: 64 }, (_, at) => run({ path: '/disk/print', anyOf: [['slot', `disk-${at}`]] })),
      )
      expect(found.map(({ rows }) => rows.map(row => row.get('slot')))).toEqual(
        Array.from({ length: 64 }, (_, at) => [`disk-${at}`]),
      )
    })

    it('reads a thousand rows, whole and once each', async () => {
      for (let at = 0; at < 1000; at += 1)
        device.perform('/disk/add', diskAdd(`disk-${at}`, { 'file-size': '1048576' }).args)
      const { rows } = await run({ path: '/disk/print', anyOf: [['type', 'file']], properties: ['slot', 'file-size'] })
      expect(new Set(rows.map(row => row.get('slot'))).size).toBe(1000)
      expect(new Set(rows.map(row => row.get('file-size')))).toEqual(new Set(['1048576']))
      expect(rows).toHaveLength(1000)
    })

    it('is observed by its path and how it ended', async () => {
      await run({ path: '/disk/print' })
      await run({ path: '/disk/nonsense' }).catch(() => undefined)
      const seen = rig.recorder.observations.filter(({ type }) => type === 'device-command')
      expect(seen).toMatchObject([
        { command: '/disk/print', outcome: 'success' },
        { command: '/disk/nonsense', outcome: 'failure' },
      ])
    })
  })

  describe('a refusal', () => {
    it.each([
      ['an item that is not there', { path: '/disk/remove', args: { '.id': 'nobody' } }, /no such item/],
      ['a change of one', { path: '/disk/set', args: { '.id': 'nobody', comment: 'x' } }, /no such item/],
      ['a file that is not there', { path: '/file/remove', args: { '.id': 'nobody.img' } }, /no such item/],
      ['an id that is not there', { path: '/disk/set', args: { '.id': '*FFFF', comment: 'x' } }, /no such item/],
      ['a command that it does not know', { path: '/disk/nonsense' }, /no such command|bad command name/],
      ['a menu that it does not know', { path: '/nonsense/print' }, /no such command|bad command name/],
      ['a parameter that it does not know', diskAdd('a', { 'no-such': '1' }), /unknown parameter|bad parameter/],
      ['a value that it cannot take', diskAdd('a', { 'file-size': 'much' }), /invalid value|file-size/],
    ])('of %s is told in the device’s words, and is over', async (_, command: DeviceCommand, text) => {
      const before = JSON.stringify([device.disks(), device.files()])
      const over = new AbortController()
      const error = await transport.run(command, never(), over).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(TrapError)
      expect((error as TrapError).message).toMatch(text)
      expect(over.signal.aborted).toBe(true)
      expect(transport.connected).toBe(true)
      expect(JSON.stringify([device.disks(), device.files()])).toBe(before)
    })
  })

  describe('a text', () => {
    const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
    const pieces = fc.constantFrom(
      ...PRINTABLE,
      '"',
      '\\',
      '$',
      ';',
      '[',
      ']',
      '{',
      '}',
      '(',
      ')',
      '\n',
      '\r\n',
      '\t',
      '#',
      '?',
      '|',
      '=',
      ',',
      '*1',
      '..',
      '"; /disk/remove "a',
      '[/disk/remove a]',
      '$[/system/reboot]',
      '\\"',
      ' comment=x',
      '\n/disk/remove a',
      '.id=',
    )
    const text = fc.array(pieces, { maxLength: 12 }).map(parts => parts.join(''))

    it('is stored to the letter and changes nothing else, whatever is in it', async () => {
      await run(diskAdd('a'))
      await run(diskAdd('b', { comment: 'untouched' }))
      const others = (): unknown => [device.disks().filter(row => row['slot'] !== 'a'), device.files()]
      const before = JSON.stringify(others())
      await fc.assert(
        fc.asyncProperty(text, async comment => {
          await run({ path: '/disk/set', args: { '.id': 'a', comment } })
          expect(disk('a')?.['comment'] ?? '').toBe(comment)
          expect(JSON.stringify(others())).toBe(before)
          const { rows } = await run({ path: '/disk/print', anyOf: [['slot', 'a']], properties: ['slot', 'comment'] })
          expect(rows.map(row => [row.get('slot'), row.get('comment') ?? ''])).toEqual([['a', comment]])
        }),
        { numRuns: 150 },
      )
    })

    it('finds what is equal to it and nothing else, and names nothing that is not there', async () => {
      await run(diskAdd('a', { comment: 'x' }))
      const before = JSON.stringify([device.disks(), device.files()])
      await fc.assert(
        fc.asyncProperty(text, async wanted => {
          fc.pre(wanted !== 'x' && wanted !== '')
          const { rows } = await run({ path: '/disk/print', anyOf: [['comment', wanted]], properties: ['slot'] })
          expect(rows).toEqual([])
          fc.pre(wanted !== 'a' && !/^\*\d/.test(wanted))
          const removed = run({ path: '/disk/remove', args: { '.id': `x${wanted}` } })
          await expect(removed).rejects.toThrow(/no such item|cannot hold a comma/)
          expect(JSON.stringify([device.disks(), device.files()])).toBe(before)
        }),
        { numRuns: 100 },
      )
    })

    it.each(['é', '日本', '😀', '\0', '\x1b', '\u2028'])('with %j in it is refused and not sent', async character => {
      const over = new AbortController()
      const refused = transport.run(diskAdd('a', { comment: `x${character}` }), never(), over)
      await expect(refused).rejects.toMatchObject({ name: 'StorageError', kind: 'invalid' })
      expect(over.signal.aborted).toBe(true)
      expect(device.disks()).toHaveLength(0)
    })
  })

  describe('a command that tells its progress', () => {
    it('tells it as the device does, or is refused where the wire carries none', async () => {
      await run(diskAdd('src'))
      await run(diskAdd('dst'))
      device.setCopySpeed(4 * GiB, 50)
      const told: string[] = []
      const progress = (row: ReplyRow): void => void told.push(row.get('status') ?? '')
      const copy = { path: '/disk/copy', args: { src: 'src', dst: 'dst' }, progress }
      if (transport.streams) {
        await expect(run(copy)).resolves.toEqual({ rows: [], ret: undefined })
        expect(told.length).toBeGreaterThan(1)
        expect(told.at(-1)).toContain('100%')
      } else await expect(run(copy)).rejects.toMatchObject({ kind: 'unsupported' })
    })
  })
}
