import { describe, expect, it } from 'vitest'
import { DEFAULT_SWITCHES, type DeviceSwitches } from '../../../../src/adapters/sim/routeros-device/switches.ts'
import { allResults, BASE_PATH, probeRig } from './probe-rig.ts'

type Name = keyof DeviceSwitches
type Ways = { readonly [N in Name]?: readonly DeviceSwitches[N][] }

/** Every switch that a probe settles, and each way in which it can stand. */
const SETTLED: Ways = {
  slotMaxLength: [32, Number.POSITIVE_INFINITY],
  exportPropsShownWhenOff: [false, true],
  defaultNqn: ['slot', 'prefixed'],
  addWithExistingFile: ['refused', 'attached', 'resized'],
  sameFileTwice: ['refused', 'accepted'],
  missingDirectory: ['refused', 'created', 'emptyItem'],
  secondExportOfOneNqn: ['refused', 'accepted'],
  removeExported: ['allowed', 'refused'],
  removeFileInUse: ['allowed', 'refused'],
  removeDirectory: ['recursive', 'refused'],
  allowHostChangeDropsSessions: [false, true],
  anySetDropsSessions: [false, true],
  disableDropsSessions: [false, true],
  allowHostList: ['literal', 'list'],
  failedAddLeavesFile: ['nothing', 'empty', 'partial'],
  setFileSize: ['grows', 'refused'],
  resizeVisible: ['atOnce', 'afterReexport'],
  allocation: ['thick', 'thin'],
  filePrintDefault: ['nested', 'topLevel'],
  noSuchItemCategory: ['present', 'missing'],
  noSuchItemText: ['plain', 'numbered'],
  unknownCommandText: ['command', 'prefix', 'directory'],
  unknownTexts: ['guessed', 'opaque'],
  trapCategory: ['some', 'none', 'all'],
  longComment: ['kept', 'refused', 'cut'],
  nestedSubvolumesInSnapshot: ['empty', 'included'],
  snapshotSpace: ['none', 'counted'],
  subvolumeBelowDirectory: ['accepted', 'refused'],
  subvolumeParent: ['either', 'fullname', 'leaf'],
  subvolumeRemoval: ['later', 'atOnce'],
  removeSubvolumeInUse: ['refused', 'allowed'],
  diskOnReadOnlySnapshot: ['refused', 'accepted'],
  diskCopySlots: ['accepted', 'refused'],
  fileCopy: ['bytes', 'reflink'],
}
const ROWS = Object.entries(SETTLED).flatMap(([name, ways]) => ways.map(way => [name, way] as const))

describe('the probes of the hardware', () => {
  it.each(ROWS)('see that %s is %s, and leave nothing behind', async (name, way) => {
    const rig = await probeRig({ switches: { [name]: way } })
    const results = await allResults(rig)
    expect(results.get(name)).toMatchObject({ point: name, seen: String(way) })
    expect(rig.device.disks()).toEqual([])
    expect(rig.device.files().filter(file => file['name']?.includes('rds-csi-doctor'))).toEqual([])
  })

  it('see that ids are given anew', async () => {
    const results = await allResults(await probeRig({ switches: { idStability: 'reused' } }))
    expect(results.get('idStability')?.seen).toBe('reused')
  })

  it.each(['stable', 'renumberedAtRestart'] as const)(
    'leave open what only a restart shows: ids that are %s',
    async way => {
      const results = await allResults(await probeRig({ switches: { idStability: way } }))
      expect(results.get('idStability')).toMatchObject({ seen: undefined, note: expect.stringContaining('restart') })
    },
  )

  it.each(['read', 'test'] as const)(
    'see that monitor-traffic asks for %s, with a user who has no `test`',
    async way => {
      const policies = ['api', 'read', 'write'] as const
      const results = await allResults(await probeRig({ policies, switches: { trafficPolicy: way } }))
      expect(results.get('trafficPolicy')?.seen).toBe(way)
    },
  )

  it('settle most points at once, also on a device that does everything the other way', async () => {
    const others = Object.entries(SETTLED).flatMap(([name, ways]) => {
      const way = ways.find(one => one !== DEFAULT_SWITCHES[name as Name])
      return way === undefined ? [] : [[name, way] as const]
    })
    // What is refused or cut on such a device keeps others from being tried.
    const hidden =
      /^(?:subvolume|nested|snapshot|diskOn|removeSubvolume|resizeVisible|diskCopySlots|allocation|fileCopy)/
    const rig = await probeRig({ switches: Object.fromEntries(others) })
    const results = await allResults(rig)
    for (const [name, way] of others.filter(([point]) => !hidden.test(point))) {
      expect([name, results.get(name)?.seen]).toEqual([name, String(way)])
    }
    expect(rig.device.files().filter(file => file['name']?.includes('rds-csi-doctor'))).toEqual([])
  })

  it('see whether fencing holds: the end of sessions with their export, and who is kept out', async () => {
    const rig = await probeRig()
    const results = await allResults(rig)
    expect(results.get('turning the export off ends sessions')?.seen).toBe('true')
    expect(results.get('the allowed host keeps others out')?.seen).toBe('true')
    expect(results.get('serial number after turning the export off and on')?.seen).toBe('another')
    expect(results.get('a disk on a writable clone')?.seen).toBe('accepted')
    expect(rig.target.sessions).toBeGreaterThan(5)
  })

  it('say why no session could be had', async () => {
    const rig = await probeRig()
    await new Promise<void>(resolve => rig.target.close(resolve))
    const result = (await allResults(rig)).get('anySetDropsSessions')
    expect(result).toMatchObject({ seen: undefined, note: expect.stringContaining('ECONNREFUSED') })
  })

  it('end with their signal, and clean up all the same', async () => {
    const rig = await probeRig()
    const stop = new AbortController()
    const running = rig.probes.run(() => stop.abort(new Error('enough')), stop.signal)
    await expect(running).rejects.toThrow('enough')
    expect(rig.device.disks()).toEqual([])
    expect(rig.device.files().filter(file => file['name']?.includes('rds-csi-doctor'))).toEqual([])
  })

  it('remove what has exactly the names of their runs, in its slot or right below the base path, and nothing else', async () => {
    const { device, probes } = await probeRig({ directories: [`${BASE_PATH.slice(1)}/rds-csi-doctor-0123ab`] })
    const others = [
      'rds-csi-doctor-notes',
      'rds-csi-doctor-0123abc',
      'rds-csi-doctor-0123AB',
      'my-rds-csi-doctor-0123ab',
    ]
    const add = (slot: string, path: string) =>
      device.perform('/disk/add', { type: 'file', slot, 'file-path': `${BASE_PATH}/${path}`, 'file-size': '512' })
    for (const name of others) add(name, `${name}.img`)
    add('other', 'rds-csi-doctor.img')
    add('ours', 'rds-csi-doctor-0123ab/x.img')
    const removed = await probes.cleanUp(new AbortController().signal)
    expect(removed).toContain(`${BASE_PATH}/rds-csi-doctor-0123ab`)
    expect(device.disks().map(({ slot }) => slot)).toEqual([...others, 'other'])
    expect(device.files().filter(({ name }) => name?.endsWith('.img'))).toHaveLength(others.length + 1)
  })

  it('tell something of every switch', async () => {
    const results = await allResults(await probeRig())
    expect(Object.keys(DEFAULT_SWITCHES).filter(name => !results.has(name))).toEqual([])
  })
})
