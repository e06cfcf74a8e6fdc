import { beforeEach, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/domain/errors.ts'
import { exclusive, FOLDER, NODE_A, never } from '../support/controller-house.ts'
import { GRACE, HOUR, OrphanRig, snapshotNamed, volumeNamed } from './orphan-rig.ts'

const A = volumeNamed('a')
const B = volumeNamed('b')
const SNAPSHOT = snapshotNamed('a')
const file = { kind: 'file', of: 'volume', id: A, path: `${FOLDER}/${A}.img`, from: undefined } as const
const REQUEST = { name: SNAPSHOT.replace('snap-', 'snapshot-'), source: A, parameters: {} }
const unavailable = new StorageError('unavailable', 'it is away')

let rig: OrphanRig

async function start(options: Parameters<typeof OrphanRig.start>[0] = {}): Promise<void> {
  rig = await OrphanRig.start(options)
}
beforeEach(() => start())

describe('a volume that nothing in the cluster names', () => {
  it('is deleted once the grace period is over, and counted', async () => {
    rig.seed(A)
    await rig.pass(23)
    expect([rig.has(A), rig.counts('volume', 'waiting'), rig.cleaned]).toEqual([true, 1, 0])
    await rig.pass(2)
    expect([rig.has(A), rig.counts('volume', 'due'), rig.cleaned]).toEqual([false, 0, 1])
    expect(rig.ledger.store.entries.size).toBe(0)
  })

  it('is reported and kept without the flag', async () => {
    await start({ deletes: false })
    rig.seed(A)
    await rig.pass(100)
    expect([rig.has(A), rig.counts('volume', 'due'), rig.cleaned]).toEqual([true, 1, 0])
    const told = rig.house.log.lines
      .filter(({ fields }) => fields?.['id'] === A)
      .map(({ fields }) => fields?.['standing'])
    expect(told).toEqual(['waiting', 'due'])
  })

  it('is waited for over a restart, by the ledger; a new process deletes nothing at its first check', async () => {
    rig.seed(A)
    await rig.pass(30 - 7)
    await rig.house.clock.advance(7 * HOUR)
    const before = rig
    await start({ after: before })
    await rig.pass(0)
    expect([rig.has(A), rig.counts('volume', 'due')]).toEqual([true, 1])
    await rig.house.clock.advance(HOUR)
    await rig.pass(0)
    expect(rig.has(A)).toBe(false)
  })

  it('begins to wait anew when its object was there meanwhile', async () => {
    rig.seed(A)
    await rig.pass(20)
    rig.references.volumes.set(A, 'delete')
    await rig.pass(2)
    rig.references.volumes.delete(A)
    await rig.pass(20)
    expect(rig.has(A)).toBe(true)
  })
})

describe('what the orphan check never deletes, however long it waits:', () => {
  it('a volume with a PersistentVolume, bound or not', async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'delete')
    await rig.pass(60)
    expect([rig.has(A), rig.cleaned]).toEqual([true, 0])
  })

  it("other clusters' volumes, and disks that only look like volumes", async () => {
    rig.seed(A, 'others')
    rig.seed(B, 'unknown')
    await rig.pass(60)
    expect([rig.has(A), rig.has(B)]).toEqual([true, true])
    expect(rig.ledger.store.entries.size).toBe(0)
  })

  it("volumes of the older driver, which carry no owner's tag", async () => {
    rig.house.appliance.seedOlder(A, 1024 ** 3, { to: 'nobody' })
    await rig.pass(60)
    expect(rig.has(A)).toBe(true)
  })

  it('volumes of the older driver that carry a tag by now', async () => {
    rig.house.appliance.seedOlder(A, 1024 ** 3, { to: 'nobody' })
    rig.house.appliance.disks.get(A)!.owner = rig.house.appliance.owner
    rig.references.volumes.set(A, 'delete')
    await rig.pass(1)
    rig.references.volumes.delete(A)
    await rig.pass(60)
    expect([rig.has(A), rig.counts('volume', 'retained')]).toEqual([true, 1])
  })

  it('a volume whose PersistentVolume said Retain, after that is gone and over a restart', async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'retain')
    await rig.pass(1)
    rig.references.volumes.delete(A)
    await rig.pass(60)
    expect([rig.has(A), rig.counts('volume', 'retained')]).toEqual([true, 1])
    const before = rig
    await start({ after: before })
    await rig.pass(60)
    expect([rig.has(A), rig.counts('volume', 'retained')]).toEqual([true, 1])
  })

  it('one that was retained between two checks, which only the watch has seen', async () => {
    rig.seed(A)
    rig.references.lastPolicies.set(A, 'retain')
    await rig.pass(60)
    expect([rig.has(A), rig.counts('volume', 'retained')]).toEqual([true, 1])
  })

  it('a volume that a node holds, or that is exported', async () => {
    rig.seed(A)
    rig.seed(B)
    await rig.house.attachments.publish(
      { volume: A, node: NODE_A, capability: exclusive, readOnly: false, migrationTimeout: 1 },
      never,
    )
    rig.house.appliance.disks.get(B)!.admitted = { to: 'any' }
    await rig.pass(60)
    expect([rig.has(A), rig.has(B), rig.cleaned]).toEqual([true, true, 0])
  })

  it('a volume that an attachment names', async () => {
    rig.seed(A)
    rig.references.attached.add(A)
    await rig.pass(60)
    expect(rig.has(A)).toBe(true)
  })

  it('one that is being provisioned: its PersistentVolume comes within the grace period', async () => {
    await rig.pass(GRACE / HOUR)
    rig.seed(A)
    await rig.pass(22)
    rig.references.volumes.set(A, 'delete')
    await rig.pass(60)
    expect(rig.has(A)).toBe(true)
  })

  it('one that somebody asks for again and again', async () => {
    const request = {
      name: A,
      range: { required: 1024 ** 3, limit: 0 },
      capabilities: [exclusive],
      parameters: {},
      source: undefined,
      mutable: {},
    }
    for (let day = 0; day < 4; day += 1) {
      await rig.house.volumes.create(request, never)
      await rig.pass(20)
      await rig.house.clock.advance(HOUR)
    }
    expect([rig.has(A), rig.cleaned]).toEqual([true, 0])
  })

  it('a file without a disk of which nothing proves that it is ours', async () => {
    rig.files.all.push(file)
    await rig.pass(60)
    expect([rig.counts('file', 'unproven'), rig.house.appliance.changes]).toEqual([1, []])
  })

  it('snapshots in a cluster that knows none', async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'delete')
    await rig.house.snapshots.create(REQUEST, never)
    rig.references.snapshots = undefined
    await rig.pass(60)
    expect(rig.house.appliance.kept.size).toBe(1)
  })
})

describe('a snapshot that nothing in the cluster names', () => {
  beforeEach(async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'delete')
    await rig.house.snapshots.create(REQUEST, never)
  })

  it('is deleted after the grace period; its volume stays', async () => {
    await rig.pass(26)
    expect([rig.house.appliance.kept.size, rig.has(A), rig.cleaned]).toEqual([0, true, 1])
  })

  it('stays while its content names it, or said Retain, or one of its volume is being taken', async () => {
    rig.references.snapshots?.set(SNAPSHOT, 'retain')
    await rig.pass(30)
    rig.references.snapshots?.clear()
    await rig.pass(60)
    expect([rig.house.appliance.kept.size, rig.counts('snapshot', 'retained')]).toEqual([1, 1])
  })

  it('is remembered while none can be taken any more: those that are there stay what they are', async () => {
    rig.references.snapshots?.set(SNAPSHOT, 'retain')
    await rig.pass(1)
    rig.references.snapshots?.clear()
    rig.house.appliance.ability = { way: 'none', why: 'snapshots are switched off' }
    await rig.pass(2)
    rig.house.appliance.ability = { way: 'instant' }
    await rig.pass(60)
    expect([rig.house.appliance.kept.size, rig.counts('snapshot', 'retained')]).toEqual([1, 1])
  })

  it('stays as long as a snapshot of its volume has no id yet', async () => {
    rig.references.snapshotting.add(A)
    await rig.pass(60)
    expect(rig.house.appliance.kept.size).toBe(1)
  })
})

describe('a file without a disk', () => {
  it('goes with its volume once the ledger says whose it was, and nothing names it', async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'delete')
    await rig.pass(1)
    rig.house.appliance.disks.delete(A)
    rig.references.volumes.delete(A)
    rig.files.all.push(file)
    await rig.pass(26)
    expect(rig.house.appliance.changes).toEqual([`remove ${A}`])
    expect(rig.house.log.lines.some(({ message }) => message.includes('a file stays'))).toBe(true)
  })

  it('is ours where it was made from something of ours', async () => {
    rig.seed(B)
    rig.references.volumes.set(B, 'delete')
    rig.files.all.push({ ...file, from: B })
    await rig.pass(1)
    expect([rig.counts('file', 'waiting'), rig.counts('file', 'unproven')]).toEqual([1, 0])
  })

  it('stays where its volume is to be retained: somebody removed the disk by hand', async () => {
    rig.seed(A)
    rig.references.volumes.set(A, 'retain')
    await rig.pass(1)
    rig.house.appliance.disks.delete(A)
    rig.references.volumes.delete(A)
    rig.files.all.push(file)
    await rig.pass(60)
    expect([rig.counts('file', 'retained'), rig.house.appliance.changes]).toEqual([1, []])
  })
})

describe('a check that is not complete', () => {
  beforeEach(async () => {
    rig.seed(A)
    await rig.pass(23)
    await rig.house.clock.advance(3 * HOUR)
  })

  it.each(['cluster', 'ledger', 'ledger write', 'appliance', 'files'])('deletes nothing: %s', async what => {
    const { references, ledger, files, house } = rig
    const doubles = {
      cluster: () => references.script.fail('list', unavailable, 99),
      ledger: () => ledger.script.fail('read', unavailable, 99),
      'ledger write': () => ledger.script.fail('write', unavailable, 99),
      appliance: () => house.appliance.script.fail('list', unavailable, 99),
      files: () => files.script.fail('strays', unavailable, 99),
    }
    rig.seed(B) // so that there is something to be written
    doubles[what as keyof typeof doubles]()
    await rig.pass(5)
    expect([rig.has(A), rig.has(B), rig.cleaned]).toEqual([true, true, 0])
    expect(house.log.lines.some(({ message }) => message.startsWith('orphans could not be looked for'))).toBe(true)
  })

  it('has listed the appliance before it asks the cluster', async () => {
    const before = rig.references.script.count('list')
    const release = rig.house.appliance.script.hold('list')
    const running = rig.check.run(never)
    await rig.house.clock.advance(0)
    expect(rig.references.script.count('list')).toBe(before)
    release()
    await running
    expect(rig.references.script.count('list')).toBeGreaterThan(before)
  })
})

describe('an orphan that could not be deleted', () => {
  it('is due at the next check again: its failed deletion is no use of it', async () => {
    rig.seed(A)
    await rig.pass(23)
    rig.house.appliance.script.fail('remove', unavailable)
    await rig.house.clock.advance(HOUR)
    await rig.pass(0)
    expect([rig.has(A), rig.counts('volume', 'due')]).toEqual([true, 1])
    await rig.house.clock.advance(HOUR)
    await rig.pass(0)
    expect([rig.has(A), rig.cleaned]).toEqual([false, 1])
  })
})

describe('a volume of which there is a copy by its name', () => {
  it('waits from the end of its use, however long nobody has used the copy', async () => {
    rig.seed(A)
    rig.files.all.push({ ...file, path: `${FOLDER}/old/${A}.img` })
    rig.house.appliance.disks.get(A)!.admitted = { to: 'any' }
    await rig.pass(40)
    rig.house.appliance.disks.get(A)!.admitted = { to: 'nobody' }
    await rig.pass(20)
    expect([rig.has(A), rig.house.appliance.changes]).toEqual([true, []])
  })
})

it('a check deletes at most 25 at once, and the rest with the next ones', async () => {
  for (let n = 0; n < 30; n += 1) rig.seed(`pvc-00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as typeof A)
  await rig.pass(24)
  expect(rig.house.appliance.disks.size).toBe(5)
  await rig.house.clock.advance(HOUR)
  await rig.pass(0)
  expect([rig.house.appliance.disks.size, rig.cleaned]).toEqual([0, 30])
})
