import { describe, expect, it } from 'vitest'
import { printDetail } from '../../../../../src/adapters/sim/routeros-device/console/printer/print-detail.ts'
import { wrapFields } from '../../../../../src/adapters/sim/routeros-device/console/printer/wrap.ts'
import { capture, TestConsole, unixLines } from './console.ts'

const TIB = 1024 ** 4
/** Bytes that the captured XFS kept for itself. */
const OVERHEAD = 113_736_630_272

/** The captured RDS2216: 26 drives, the array on them, its first half, three more, and one volume. */
async function capturedAppliance(): Promise<TestConsole> {
  const rds = new TestConsole({
    style: { width: 240 },
    pool: {
      name: 'raid10',
      size: 16_003_143_565_312,
      fs: 'xfs',
      label: 'ocp-storage',
      uuid: '40437dbc-2318-45dc-817b-b3bb95cf48ab',
      overhead: OVERHEAD,
      raid: { type: '0', devices: 4, chunk: '256K', uuid: 'eadca0af-ecff031c-239758ad-951a47de' },
    },
  })
  const { hardware } = rds.core.state
  for (let drive = 1; drive <= 26; drive += 1) {
    hardware.add({ type: 'hardware', slot: `nvme${drive}`, 'block-device': 'true' }, 'beforePool')
  }
  hardware.add(MEMBER)
  for (const slot of ['r1', 'r2', 'r3']) hardware.add({ type: 'raid', slot, 'block-device': 'true' })
  rds.core.state.files.remove(rds.core.state.files.get('raid10/v')!)
  const said = await rds.run(
    '/disk add type=file slot="vm-storage-001" file-path="raid10/vm-storage-001.img" file-size=1T mount-filesystem=no nvme-tcp-export=yes nvme-tcp-server-port=4420 nvme-tcp-server-nqn="nqn.2026-09.com.mikrotik:rds2216.vm-storage-001"',
  )
  expect(said).toBe('')
  return rds
}

const MEMBER = {
  type: 'raid',
  slot: 'raid10-m0',
  'slot-default': '',
  parent: '',
  fs: '-',
  model: 'RAID1 mirrored',
  size: '4000786153472',
  'mount-filesystem': 'false',
  'mount-read-only': 'false',
  compress: 'false',
  'sector-size': '512',
  'raid-type': '1',
  'raid-device-count': '2',
  'raid-max-component-size': 'none',
  'raid-master': 'raid10',
  'raid-role': '0',
  'raid-member-failed': 'false',
  'raid-member-state': '0:in_sync',
  state: 'clean',
  'raid-uuid': '5715669c-43873157-0ebaaa3a-7104d138',
  'nvme-tcp-export': 'false',
  'iscsi-export': 'false',
  'nfs-sharing': 'false',
  'smb-sharing': 'false',
  'media-sharing': 'false',
  'media-interface': 'none',
  swap: 'false',
  'block-device': 'true',
  'raid-member': 'true',
}

describe('the output of the console, byte for byte', () => {
  it('is that of a file disk on an RDS2216 with 7.24.4', async () => {
    const { command, output } = capture('disk-print-detail-file-disk')
    const rds = await capturedAppliance()
    expect(unixLines(await rds.run(command))).toBe(output)
  })

  it('is that of a pool and half of its array on an RDS2216 with 7.24.4', async () => {
    const { command, output } = capture('disk-print-detail-pool')
    const rds = await capturedAppliance()
    expect(unixLines(await rds.run(command))).toBe(output)
  })

  it('is that of an older console over SSH, which broke paths onto lines of their own', async () => {
    const { output } = capture('disk-print-detail-over-ssh')
    const box = new TestConsole({ style: { width: 80, indent: '15' }, pool: { size: 8 * TIB } })
    await box.run(
      '/disk add type=file slot=pvc-test-123 file-path=/storage-pool/test.img file-size=50G nvme-tcp-export=yes nvme-tcp-server-port=4420 nvme-tcp-server-nqn="nqn.2000-02.com.mikrotik:pvc-test-123"',
    )
    const printed = unixLines(await box.run('/disk/print detail where slot="pvc-test-123"'))
    const [legend, ...item] = printed.split('\n')
    expect(legend).toBe('Flags: B - BLOCK-DEVICE; t - NVME-TCP-EXPORT')
    // The capture has lost what stood before the first field.
    expect(item.join('\n').replace(/^ *\d+ [A-Za-z]+ +/, '')).toBe(output)
  })

  it('is that of the files of an older console over SSH', async () => {
    const { output } = capture('file-print-detail-over-ssh')
    let now = new Date('2025-11-11T16:47:07Z')
    const box = new TestConsole({ style: { width: 80, indent: '15' }, now: () => now })
    box.core.state.files.remove(box.core.state.files.get('storage-pool/v')!)
    const folder = 'storage-pool/metal-csi'
    box.core.state.files.makeDirectories(folder)
    now = new Date('2025-11-11T14:32:41Z')
    box.core.state.files.makeFile(`${folder}/pvc-ccdecfad-a8bf-572e-9120-464c4d99f12f.img`, 10 * 1024 ** 3)
    now = new Date('2025-11-11T16:47:07Z')
    box.core.state.files.makeFile(`${folder}/pvc-0f923194-922a-5dd8-b376-c2c6ccb56dd8.img`, 1024 ** 3)
    expect(unixLines(await box.run('/file/print detail path=storage-pool recursive'))).toBe(output)
  })

  it('is that of the sample of files in the manual', () => {
    const { output } = capture('file-print-detail-manual')
    const { core } = new TestConsole()
    const rows = [
      { name: 'my-dir', type: 'directory', 'last-modified': '2026-09-25 12:13:27' },
      {
        name: 'routeros-7.24.2-arm64.npk',
        type: 'package',
        size: '13946061',
        'last-modified': '2026-09-25 12:13:01',
        'package-name': 'system',
        'package-version': '7.24.2',
        'package-build-time': '2026-09-03 09:57:14',
        'package-architecture': 'arm64',
      },
      { name: 'skins', type: 'directory', 'last-modified': '1970-01-01 03:00:05' },
      {
        name: 'my-dir/test.txt',
        type: '.txt file',
        size: '5',
        'last-modified': '2026-09-25 12:13:27',
        contents: 'hello',
      },
    ]
    const items = rows.map((row, index) => ({ label: String(index), row: new Map(Object.entries(row)) }))
    const lines = printDetail(core.runner.menus.get('/file')!, items, {
      width: 80,
      indent: 'firstField',
      legendWhenEmpty: false,
    })
    expect(`${lines.join('\n')}\n`).toBe(output)
  })

  it('is that of a value which is longer than its line', () => {
    const { output } = capture('broken-value')
    const field = { name: 'file-path', value: '/storage-pool/metal-csi/pvc-xxx-yyy.img' }
    const frame = { prefix: '  ', indent: 2, limit: 43 }
    expect(`${wrapFields([field], frame).join('\n')}\n`).toBe(output)
  })

  it('is that of the traffic monitor', async () => {
    const { output } = capture('disk-monitor-traffic')
    const box = new TestConsole()
    box.core.state.traffic.overrides = {
      'read-ops': '243401',
      'read-bytes': '33131503616',
      'write-ops': '17667231',
      'write-ops-per-second': '76',
      'write-bytes': '515659673600',
      'write-rate': '12800000',
    }
    expect(unixLines(await box.run('/disk monitor-traffic storage-pool once'))).toBe(output)
  })

  it('is that of a discovery of the manual, where an export without an NQN has its slot for one', async () => {
    const { output } = capture('disk-nvme-discover')
    const box = new TestConsole({ switches: { defaultNqn: 'slot' } })
    await box.addDisk('disk1', 'nvme-tcp-export=yes')
    expect(unixLines(await box.run('/disk/nvme-discover address=10.155.166.7'))).toBe(output)
  })

  it.each([
    [false, ''],
    [true, 'Flags: X - disabled\r\n'],
  ])('is, with legendWhenEmpty %s, the legend alone or nothing when no item matches', async (legendWhenEmpty, said) => {
    const box = new TestConsole({ style: { legendWhenEmpty } })
    expect(await box.run('/disk/print detail where slot="none"')).toBe(said)
  })
})
