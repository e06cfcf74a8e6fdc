import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeSuperblock, METADATA } from '../../src/adapters/sim/host/superblock.ts'
import { Controller, Identity } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import type { PublishContext } from '../../src/demo/attacher.ts'
import { CallFailed } from '../../src/demo/csi-client.ts'
import type { Exposition } from '../../src/demo/exposition.ts'
import { type Capability, capabilityOf, type Volume, type Wish } from '../../src/demo/volume.ts'
import { GIB, Rig, valueOf } from './rig.ts'

/** What no program can be brought to from outside in a test, each with the reason. */
const NOT_DRIVEN: Readonly<Record<string, string>> = {
  'rds_csi_fencing_mode{mode="export"}': 'a flag says it once and for all; fencing.spec.ts has programs with another',
  'rds_csi_mount_operations_total{operation="format",status="failure"}':
    'a session would have to be cut between the look at a blank device and the first byte of its file system',
  rds_hardware_disk_pool_size_bytes: 'a pool keeps its size',
}

/** Orphans have a scenario of their own; these commands are sent once, at the start. */
const ELSEWHERE =
  /^rds_csi_orphans|command="\/(?:system\/(?:package|clock)|disk\/btrfs\/filesystem|user|user\/group|ip\/service)\/print"/

/** All series that a program has shown, each with every value that it had. Buckets and sums move with their counts. */
class Movements {
  readonly #values = new Map<string, Set<number>>()

  note({ samples }: Exposition): void {
    const before = this.#values.size > 0
    for (const { name, labels, value } of samples.filter(sample => !/_(bucket|sum)$/.test(sample.name))) {
      const told = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
      const series = told.length === 0 ? name : `${name}{${told.join(',')}}`
      // What appears only when something happens was not there before: it has moved.
      const known = this.#values.get(series) ?? new Set(before ? [Number.NaN] : [])
      this.#values.set(series, known.add(value))
    }
  }

  /** Series that had one value all the time. */
  still(): readonly string[] {
    return [...this.#values].filter(([, values]) => values.size < 2).map(([series]) => series)
  }

  get size(): number {
    return this.#values.size
  }
}

/** Looks at the metrics of a program while something is done. */
class Watch {
  readonly controller = new Movements()
  readonly node = new Movements()
  readonly #rig: Rig

  constructor(rig: Rig) {
    this.#rig = rig
  }

  async look(): Promise<void> {
    const programs = [this.#rig.controller, this.#rig.node('node-a')]
    for (const { csi } of programs) await csi.call(Identity.method.probe, {})
    this.controller.note(await this.#rig.metrics(this.#rig.controller))
    this.node.note(await this.#rig.metrics(this.#rig.node('node-a')))
  }
}

const refused = (call: Promise<unknown>): Promise<void> => expect(call).rejects.toBeInstanceOf(CallFailed)

/** Create, delete and expand; each well and badly. */
async function driveOperations(rig: Rig): Promise<void> {
  const volume = await rig.provision({ claim: 'operations', access: 'ReadWriteOnce' })
  await rig.provisioner.expand(volume, 2 * GIB)
  await rig.attacher.attach(volume, 'node-b')
  await refused(rig.provisioner.expand(volume, 3 * GIB))
  await refused(rig.provisioner.remove(volume))
  await refused(rig.attacher.attach(volume, 'node-a'))
  await rig.attacher.detach(volume, 'node-b')
  await rig.provisioner.remove(volume)
  rig.device.fillPool(0)
  await refused(rig.provision({ claim: 'too-much' }))
  rig.device.fillPool()
}

/** Snapshots are taken and go, and a note is written; each well and badly. */
async function driveDataServices(rig: Rig): Promise<void> {
  const volume = await rig.provision({ claim: 'snapshotted' })
  const { csi } = rig.controller
  const { createSnapshot, deleteSnapshot, controllerModifyVolume } = Controller.method
  const note = { volumeId: volume.id, mutableParameters: { note: 'seen' } }
  const { snapshot } = await csi.call(createSnapshot, { name: 'seen', sourceVolumeId: volume.id })
  const { snapshotId = '' } = snapshot ?? {}
  await csi.call(controllerModifyVolume, note)
  await rig.attacher.attach(volume, 'node-a')
  await refused(csi.call(controllerModifyVolume, { ...note, mutableParameters: { note: 'another' } }))
  await rig.attacher.detach(volume, 'node-a')
  rig.device.fillPool(0)
  await refused(csi.call(createSnapshot, { name: 'too-much', sourceVolumeId: volume.id }))
  rig.device.fillPool()
  await failToDelete(rig, snapshotId)
  await csi.call(deleteSnapshot, { snapshotId })
  await rig.provisioner.remove(volume)
}

/** The appliance refuses to delete the snapshot. */
async function failToDelete(rig: Rig, snapshotId: string): Promise<void> {
  rig.device.faults.arm({ kind: 'trap', message: 'failure: not now' }, { match: '/disk/btrfs/subvolume/remove' })
  await refused(rig.controller.csi.call(Controller.method.deleteSnapshot, { snapshotId }))
}

/** A migration that completes and one that is rolled back; node-a joins, holds alone, and leaves. */
async function driveMigrations(rig: Rig, watch: Watch): Promise<void> {
  const volume = await rig.provision({ claim: 'migrated' })
  const source = await rig.run(volume, 'node-a')
  const target = await rig.run(volume, 'node-b')
  await watch.look()
  await source.end()
  await rig.attacher.detach(volume, 'node-a')
  const back = await rig.run(volume, 'node-a')
  await back.end()
  await rig.attacher.detach(volume, 'node-a')
  await target.end()
  await rig.attacher.detach(volume, 'node-b')
}

/** Everything that a node does with file systems, well and badly. */
async function driveNode(rig: Rig): Promise<void> {
  const volume = await rig.provision({ claim: 'files', mode: 'Filesystem', access: 'ReadWriteOnce' })
  const kubelet = rig.kubelet('node-a')
  const context = await rig.attacher.attach(volume, 'node-a')
  await refused(kubelet.publish(volume, 'too-early', context))
  await kubelet.stage(volume, context)
  const disk = await kubelet.publish(volume, 'pod', context)
  await disk.close()
  await refused(kubelet.unstage(volume))
  await kubelet.expand(volume, GIB)
  await refused(kubelet.expand(volume, 4 * GIB))
  await squatIn(rig, volume, 'squatted')
  await refused(kubelet.publish(volume, 'squatted', context))
  await refused(kubelet.unpublish(volume, 'squatted'))
  await kubelet.unpublish(volume, 'pod')
  await kubelet.unstage(volume)
  await driveReadOnly(rig, volume, context)
  await rig.attacher.detach(volume, 'node-a')
  await refused(kubelet.stage(volume, context))
}

/** Somebody's files lie where kubelet wants the volume to be: they are left alone, and that is an error. */
async function squatIn(rig: Rig, { id }: Volume, pod: string): Promise<void> {
  const path = join(rig.folder, 'kubelet/node-a/pods', pod, 'volumes/kubernetes.io~csi', id, 'mount')
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'not-ours'), 'precious')
}

/** A file system that is mounted read-only is checked, and cannot grow. */
async function driveReadOnly(rig: Rig, volume: Volume, context: PublishContext): Promise<void> {
  const kubelet = rig.kubelet('node-a')
  const { accessMode } = volume.capability
  const value = { fsType: 'ext4', mountFlags: ['ro'] }
  await kubelet.stage({ ...volume, capability: { accessType: { case: 'mount', value }, ...mode(accessMode) } }, context)
  await refused(kubelet.expand(volume, GIB))
  await kubelet.unstage(volume)
}

const mode = (accessMode: Capability['accessMode']) => (accessMode === undefined ? {} : { accessMode })

/** A superblock that promises more than the device has: the check of the file system fails. */
async function driveFailedCheck(rig: Rig): Promise<void> {
  const volume = await rig.provision({ claim: 'oversized', mode: 'Filesystem', access: 'ReadWriteOnce' })
  const wish: Wish = { ...volume.wish, mode: 'Block' }
  const raw: Volume = { ...volume, wish, capability: capabilityOf(wish) }
  const context = await rig.attacher.attach(volume, 'node-a')
  const kubelet = rig.kubelet('node-a')
  await kubelet.stage(raw, context)
  const disk = await kubelet.publish(raw, 'raw', context)
  await disk.write(0, encodeSuperblock({ type: 'ext4', uuid: 'none', size: 2 * GIB, used: METADATA }))
  await disk.flush()
  await disk.close()
  await kubelet.unpublish(raw, 'raw')
  await refused(kubelet.stage(volume, context))
  await kubelet.unstage(raw)
  await rig.attacher.detach(volume, 'node-a')
}

/** The appliance goes away and comes back, seen from a call that detaches. */
async function driveOutage(rig: Rig, watch: Watch): Promise<void> {
  const volume = await rig.provision({ claim: 'outage' })
  await rig.attacher.attach(volume, 'node-b')
  await rig.device.refuseConnections(true)
  rig.device.dropConnections('reset')
  await refused(rig.attacher.detach(volume, 'node-b'))
  await rig.until('an attempt that failed', async () => {
    const page = await rig.metrics(rig.controller)
    return valueOf(page, 'rds_csi_rds_reconnect_total', { status: 'failure' }) > 0 || undefined
  })
  await watch.look()
  await rig.device.refuseConnections(false)
  await rig.eventually(() => rig.attacher.finishDetach(volume, 'node-b'), 20_000)
}

/** Every figure of the hardware becomes another one, and the latencies are there after a second reading. */
async function driveHardware(rig: Rig): Promise<void> {
  const { system } = rig.device
  const readings = Array.from(system.health, ([name, { value, type }]) => [
    name,
    { value: String(Number(value) + 1), type },
  ])
  rig.device.setHealth(Object.fromEntries(readings))
  rig.device.fillPool(system.health.size * GIB)
  const traffic = (n: number) => ({
    'read-ops': String(100 * n),
    'write-ops': String(200 * n),
    'read-ops-per-second': String(n),
    'write-ops-per-second': String(2 * n),
    'read-rate': `${n}.5Mbps`,
    'write-rate': `${n}kbps`,
    'read-time': `${n}s`,
    'write-time': `${2 * n}s`,
    'wait-time': `${3 * n}s`,
    'in-flight-ops': String(n),
    'active-time': `${n}m`,
  })
  for (let n = 1; n <= 2; n += 1) {
    rig.device.setTraffic(traffic(n))
    await rig.eventually(async () => {
      const page = await rig.metrics(rig.controller)
      expect(valueOf(page, 'rds_disk_in_flight_operations')).toBe(n)
    })
  }
  rig.device.fillPool()
}

/** node-b is gone from the cluster while it holds a volume, and another one beside node-a. */
async function driveLostNode(rig: Rig): Promise<void> {
  const volume = await rig.provision({ claim: 'lost', access: 'ReadWriteOnce' })
  await rig.attacher.attach(volume, 'node-b')
  const shared = await rig.provision({ claim: 'lost-beside' })
  await rig.attacher.attach(shared, 'node-a')
  await rig.attacher.attach(shared, 'node-b')
  await rig.kube.delete('/api/v1/nodes/node-b')
  await rig.until('the seat to be cleared', async () => {
    return valueOf(await rig.metrics(rig.controller), 'rds_csi_attachment_stale_cleared_total') > 0 || undefined
  })
}

describe('every metric that a program exports', { timeout: 120_000 }, () => {
  it('changes when what it tells of happens', async () => {
    const rig = await Rig.start({ flags: ['--attachment-grace-period=1s', '--hardware-interval=1s'] })
    const watch = new Watch(rig)
    await watch.look()
    const slow = await rig.provision({ claim: 'slow', parameters: { migrationTimeoutSeconds: '30' } })
    await rig.attacher.attach(slow, 'node-a')
    await rig.attacher.attach(slow, 'node-b')
    await driveHardware(rig)
    await watch.look()
    await driveOperations(rig)
    await driveDataServices(rig)
    await driveMigrations(rig, watch)
    await driveNode(rig)
    await driveFailedCheck(rig)
    await driveOutage(rig, watch)
    await watch.look()
    await rig.until(
      'the time-out',
      async () => {
        const page = await rig.metrics(rig.controller)
        return valueOf(page, 'rds_csi_migration_migrations_total', { result: 'timeout' }) || undefined
      },
      40_000,
    )
    await rig.attacher.detach(slow, 'node-b')
    await rig.attacher.detach(slow, 'node-a')
    await driveLostNode(rig)
    await rig.eventually(async () => {
      await watch.look()
      const still = [...watch.controller.still(), ...watch.node.still()]
      const unexpected = still.filter(name => !(name in NOT_DRIVEN) && !ELSEWHERE.test(name))
      expect(unexpected).toEqual([])
    }, 5_000)
    expect(watch.controller.size).toBeGreaterThan(40)
    expect(watch.node.size).toBeGreaterThan(20)
  })
})
