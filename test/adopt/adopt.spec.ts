import { describe, expect, it } from 'vitest'
import { type Adoption, adopt } from '../../src/adopt/adopt.ts'
import { StorageError } from '../../src/domain/errors.ts'
import { type ClusterId, instant, type SnapshotId, type VolumeId } from '../../src/domain/ids.ts'
import { readContext } from '../../src/domain/volume-context.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { ApplianceInventory, FoundVolume, Inventory } from '../../src/ports/appliance-inventory.ts'

const A = 'pvc-aaaaaaaa-0000-4000-8000-000000000001' as VolumeId
const OLD = 'pvc-bbbbbbbb-0000-4000-8000-000000000001' as VolumeId
const OWNER = '6ba7b810-9dad-41d1-80b4-00c04fd430c8' as ClusterId
const BYTES = 5 * 1024 ** 3 + 512

const tagged: FoundVolume = {
  id: A,
  owner: OWNER,
  name: 'my | data',
  bytes: BYTES,
  createdAt: instant(Date.UTC(2026, 3, 1)),
  exported: true,
  layout: 'subvolume',
  folder: '/pool/volumes/gold',
}
const older: FoundVolume = {
  id: OLD,
  owner: undefined,
  name: undefined,
  bytes: 1024 ** 3,
  createdAt: undefined,
  exported: false,
  layout: 'file',
  folder: '/pool/volumes',
}
const inventory: Inventory = {
  volumes: [older, tagged],
  snapshots: [
    {
      id: 'snap-aaaaaaaa-0000-4000-8000-000000000002' as SnapshotId,
      owner: OWNER,
      source: A,
      bytes: BYTES,
      createdAt: undefined,
    },
  ],
}

async function run(changes: Partial<Adoption> = {}, found: Inventory | Error = inventory) {
  const [out, err]: [string[], string[]] = [[], []]
  const source: ApplianceInventory = {
    take: async () => {
      if (found instanceof Error) throw found
      return found
    },
  }
  const code = await adopt(source, {
    output: 'table',
    owner: undefined,
    offer: {
      driverName: 'rds.csi.srvlab.io',
      installation: { rdsAddress: '10.0.0.1', nvmeAddress: '10.0.1.1', nvmePort: 4420, basePath: '/pool/volumes' },
      volumeMode: 'Filesystem',
      accessMode: 'ReadWriteOnce',
      storageClass: undefined,
      fsType: undefined,
    },
    out: text => void out.push(text),
    err: text => void err.push(text),
    stop: new AbortController().signal,
    ...changes,
  })
  return { code, out: out.join(''), err: err.join('') }
}

interface Manifest {
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly capacity: { readonly storage: string }
    readonly claimRef?: object
    readonly persistentVolumeReclaimPolicy: string
    readonly csi: {
      readonly volumeHandle: string
      readonly fsType?: string
      readonly volumeAttributes: Record<string, string>
    }
  }
}
const items = (text: string) => (JSON.parse(text) as { items: Manifest[] }).items

describe('the table of what an appliance holds', () => {
  it('has owner, id, name, size, time, export and layout of everything', async () => {
    const { code, out, err } = await run()
    expect([code, err]).toEqual([0, ''])
    const lines = out.split('\n')
    expect(lines[0]?.split(/ {2,}/)).toEqual(['owner', 'id', 'name', 'bytes', 'created', 'exported', 'layout'])
    const cells = [OWNER, A, '"my | data"', String(BYTES), '2026-04-01T00:00:00.000Z', 'yes', 'subvolume']
    expect(lines[1]?.split(/ {2,}/)).toEqual(cells)
    expect(lines[2]).toMatch(new RegExp(`^older driver +${OLD} +- +1073741824 +- +no +file$`))
    expect(lines[3]).toContain(`of ${A}`)
    expect(out).toContain('2 volumes, 1 snapshots')
  })

  it("can be one owner's alone", async () => {
    const { out } = await run({ owner: OWNER })
    expect([out.includes(A), out.includes(OLD)]).toEqual([true, false])
  })
})

describe('the manifests for a lost cluster', () => {
  it('are PersistentVolumes that keep their volumes and wait for a claim', async () => {
    const { code, out, err } = await run({ output: 'manifests' })
    expect([code, err.includes(A)]).toEqual([0, true])
    const [first, second] = items(out)
    expect([first?.metadata.name, second?.metadata.name]).toEqual([A, OLD])
    expect(first?.spec).toMatchObject({
      capacity: { storage: String(BYTES) },
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      persistentVolumeReclaimPolicy: 'Retain',
      csi: { driver: 'rds.csi.srvlab.io', volumeHandle: A },
    })
    expect(first?.spec.claimRef).toBeUndefined()
  })

  it('have a volume context that nodes read without a warning, for older volumes too', async () => {
    for (const { spec } of items((await run({ output: 'manifests' })).out)) {
      const { volumeHandle, volumeAttributes } = spec.csi
      const reading = readContext(volumeAttributes, volumeNqn(volumeHandle as VolumeId))
      expect(reading).toMatchObject({ warnings: [], context: { portals: [{ address: '10.0.1.1', port: 4420 }] } })
    }
    const [first] = items((await run({ output: 'manifests' })).out)
    expect(first?.spec.csi.volumeAttributes).toMatchObject({ rdsAddress: '10.0.0.1', volumePath: '/pool/volumes/gold' })
  })

  it('take mode, class and file system as they are told', async () => {
    const offer = {
      driverName: 'd',
      installation: { rdsAddress: 'rds', nvmeAddress: '10.0.1.1', nvmePort: 4420, basePath: '/pool/volumes' },
      volumeMode: 'Block',
      accessMode: 'ReadWriteMany',
      storageClass: 'fast',
      fsType: 'xfs',
    } as const
    const [first] = items((await run({ output: 'manifests', offer })).out)
    expect(first?.spec).toMatchObject({ volumeMode: 'Block', accessModes: ['ReadWriteMany'], storageClassName: 'fast' })
    expect(first?.spec.csi.fsType).toBeUndefined()
  })

  it('leave out a volume behind whose disk there is nothing, and say so', async () => {
    const { out, err } = await run(
      { output: 'manifests' },
      { volumes: [{ ...tagged, bytes: undefined }], snapshots: [] },
    )
    expect([items(out), err.includes(`${A} is left out`)]).toEqual([[], true])
  })
})

it('an appliance that cannot be read is exit code 1, and nothing on standard output', async () => {
  const { code, out, err } = await run({ output: 'manifests' }, new StorageError('unavailable', 'it is away'))
  expect([code, out, err]).toEqual([1, '', 'rds-csi: it is away\n'])
})
