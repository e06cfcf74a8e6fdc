import { once } from 'node:events'
import { closeSync, openSync, readSync } from 'node:fs'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect } from 'vitest'
import type { BlockExport } from '../../src/adapters/sim/blocks/block-exports.ts'
import { GiB } from '../../src/domain/capacity.ts'
import { StorageError } from '../../src/domain/errors.ts'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import type { NodeId, SnapshotId, VolumeId } from '../../src/domain/ids.ts'
import { sha1 } from '../../src/adapters/system/digests.ts'
import type { VolumeSource } from '../../src/domain/volume.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import * as acts from '../crash-points/acts.ts'
import type { CoreProcess } from '../crash-points/core-process.ts'
import { BASE_PATH, NVME_PORT } from '../crash-points/setting.ts'
import { NODE_A, NODE_B, type World } from '../crash-points/world.ts'

const { VOLUME, OTHER, nameOf } = acts
const RESTORED = nameOf('c') as VolumeId
const CLONED = nameOf('d') as VolumeId
const LOST = nameOf('e') as VolumeId
const LARGER = nameOf('f') as VolumeId
/** As long as a note may be; each of its characters is three in the comment. */
const LONG_NOTE = '"'.repeat(128)
const WORD = 6
const never = new AbortController().signal

type Growth = 'grown' | StorageError['kind']

/** What may be otherwise on one device than on another; everything else is the same on all of them. */
export interface Tale {
  /** What a note came to with which the comment has more than 255 characters. */
  readonly note: 'kept' | StorageError['kind']
  readonly growth: Growth
  /** What a snapshot took from the pool, in bytes, and whether a larger volume can be made of it; or why there is none. */
  readonly snapshot: { readonly took: number; readonly larger: Growth } | StorageError['kind']
}

/** A volume's whole life, with a restart of the appliance and of the controller, on whatever device this is. */
export async function life(world: World): Promise<Tale> {
  const before = held(world)
  await acts.create(world, { bytes: GiB, mutable: { note: 'first' } })
  await migrate(world)
  await acts.detach(world, NODE_B)
  expect(hostSees(world, NODE_B)).toBeUndefined()
  const note = await annotate(world)
  const snapshot = await snapshots(world)
  const growth = await grow(world)
  await troubles(world)
  await acts.remove(world)
  world.device.buryDead()
  expect(await world.call((process, signal) => process.volumes.list(LIST, signal))).toMatchObject({ items: [] })
  expect(held(world)).toEqual(before)
  return { note, growth, snapshot }
}

/** From one node to the other; on the way both appliance and controller begin anew. */
async function migrate(world: World): Promise<void> {
  await acts.attach(world, NODE_A)
  world.write(VOLUME, 'first')
  await acts.attach(world, NODE_B)
  expect(await nodesOf(world)).toEqual([NODE_A, NODE_B])
  await acts.detach(world, NODE_A)
  expect(await nodesOf(world)).toEqual([NODE_B])
  const [session] = world.sessions
  await world.restart()
  await world.pass(30_000)
  expect(session?.ended.aborted).toBe(false)
  await reboot(world)
  world.leave(VOLUME, NODE_B)
  expect(world.connect(VOLUME, NODE_B)).toBe(true)
  expect(await nodesOf(world)).toEqual([NODE_B])
}

/** The appliance comes back; as long as its pool is not there, nothing is said to be absent. */
async function reboot(world: World): Promise<void> {
  const { device } = world
  await device.die()
  await device.restart()
  if (device.switches.poolAfterRestart === 'later') {
    await world.pass(20_000)
    for (const call of [list, remove, create(nameOf('b'), GiB)]) expect(await failure(world, call)).toBe('unavailable')
    // What is known of it is told, or nothing.
    expect([undefined, 'unavailable']).toContain(await failure(world, get))
    device.mountPool()
  }
  await world.pass(40_000)
  expect(world.process.why).toBeUndefined()
}

const LIST = { max: 0, token: '' }
type Call = (process: CoreProcess, signal: AbortSignal) => Promise<unknown>
const get: Call = (process, signal) => process.volumes.get(VOLUME, signal)
const list: Call = (process, signal) => process.volumes.list(LIST, signal)
const remove: Call = (process, signal) => process.volumes.remove(OTHER, signal)
const create =
  (name: string, bytes: number, source?: VolumeSource): Call =>
  (process, signal) =>
    process.volumes.create(
      {
        name,
        range: { required: bytes, limit: 0 },
        source,
        capabilities: [acts.migratable],
        parameters: {},
        mutable: {},
      },
      signal,
    )

/** The kind of error with which a call fails, at once. */
const failure = (world: World, call: Call): Promise<StorageError['kind'] | undefined> =>
  world.call((process, signal) => kindOf(call(process, signal)))

/** The kind of error with which a call fails in the end, when what takes its time has been waited for. */
const verdict = (world: World, call: Call): Promise<StorageError['kind'] | undefined> =>
  world.call(async (process, signal) => {
    const asked = call(process, signal)
    const kind = await kindOf(asked)
    // Answers with the error, so that it is asked again.
    if (kind === 'busy' || kind === 'unavailable') await asked
    return kind
  })

function kindOf(call: Promise<unknown>): Promise<StorageError['kind'] | undefined> {
  return call.then(
    () => undefined,
    (error: StorageError) => {
      expect(error.name).toBe('StorageError')
      return error.kind
    },
  )
}

async function nodesOf(world: World): Promise<readonly NodeId[]> {
  const { nodes } = await world.call((process, signal) => process.volumes.get(VOLUME, signal))
  return nodes.toSorted()
}

/** A longer note, which a device may not take; the one before is kept then. */
async function annotate(world: World): Promise<Tale['note']> {
  const modify: Call = (process, signal) => process.changes.modify(VOLUME, { note: LONG_NOTE }, signal)
  const kind = await failure(world, modify)
  const { volume } = await world.call((process, signal) => process.volumes.get(VOLUME, signal))
  expect(volume.note).toBe(kind === undefined ? LONG_NOTE : 'first')
  return kind ?? 'kept'
}

/** What was there at the moment of the snapshot is restored from it, and what is there now is cloned. */
async function snapshots(world: World): Promise<Tale['snapshot']> {
  const { device } = world
  const request = { name: 'snapshot-1', source: VOLUME, parameters: {} }
  const [free, before] = [device.free, namesIn(world)]
  let begun: SnapshotId | undefined
  const refusal = await verdict(world, async (process, signal) => {
    const { id, ready } = await process.snapshots.create(request, signal)
    begun = id
    if (!ready) throw new StorageError('busy', 'the snapshot is not ready yet')
  })
  if (refusal !== undefined) {
    expect(await use(world, VOLUME, 'fifth')).toBe('first')
    // What was begun has an id by which it can be removed.
    if (begun !== undefined) await acts.removeSnapshot(world, begun)
    expect(free - device.free).toBe(0)
    expect(namesIn(world)).toEqual(before)
    return refusal
  }
  const id = await acts.snapshot(world)
  const took = free - device.free
  expect(await use(world, VOLUME, 'other')).toBe('first')
  const larger = await restoreLarger(world, id)
  await acts.create(world, { name: RESTORED, source: { from: 'snapshot', id } })
  await acts.create(world, { name: CLONED, source: { from: 'volume', id: VOLUME } })
  expect(await use(world, RESTORED, 'third')).toBe('first')
  expect(await use(world, CLONED, 'fourth')).toBe('other')
  expect(await use(world, VOLUME, 'fifth')).toBe('other')
  expect(await use(world, RESTORED)).toBe('third')
  expect(await use(world, CLONED)).toBe('fourth')
  await acts.removeSnapshot(world, id)
  for (const volume of [RESTORED, CLONED]) await acts.remove(world, volume)
  return { took, larger }
}

/** A larger volume from a snapshot, of which nothing is left where it is refused. */
async function restoreLarger(world: World, id: SnapshotId): Promise<Growth> {
  const before = held(world)
  const kind = await verdict(world, create(LARGER, 2 * GiB, { from: 'snapshot', id }))
  if (kind === undefined) {
    expect(await use(world, LARGER)).toBe('first')
    expect(await verdict(world, create(LARGER, 2 * GiB, { from: 'snapshot', id }))).toBeUndefined()
    await acts.remove(world, LARGER)
  }
  world.device.buryDead()
  expect(held(world)).toEqual(before)
  return kind ?? 'grown'
}

/** Detached; the next host that is let in sees all of it, and what was written before. */
async function grow(world: World): Promise<Tale['growth']> {
  const call: Call = (process, signal) => process.changes.expand(VOLUME, { required: 3 * GiB, limit: 0 }, signal)
  const kind = await failure(world, call)
  const bytes = kind === undefined ? 3 * GiB : GiB
  const { volume } = await world.call((process, signal) => process.volumes.get(VOLUME, signal))
  expect(volume.bytes).toBe(bytes)
  await acts.attach(world, NODE_A)
  expect(hostSees(world, NODE_A)?.size()).toBe(bytes)
  expect(wordOf(world, VOLUME)).toBe('fifth')
  await acts.detach(world, NODE_A)
  return kind ?? 'grown'
}

/** Too little space, a connection that breaks with a command under way, and a service that is taken. */
async function troubles(world: World): Promise<void> {
  const { device } = world
  const before = held(world)
  device.fillPool(GiB / 2)
  expect(await failure(world, create(nameOf('b'), GiB))).toBe('exhausted')
  device.fillPool()
  expect(held(world)).toEqual(before)
  breakOff(world, '/disk/add')
  await acts.create(world, { name: LOST, bytes: GiB })
  breakOff(world, '/disk/remove')
  await acts.remove(world, LOST)
  await world.pass(70_000)
  expect(held(world)).toEqual(before)
  await crowd(world)
}

/** The next command of this path is under way when its connection breaks; what becomes of it is the device's affair. */
function breakOff({ device, clock }: World, path: string): void {
  const gate = Promise.withResolvers<void>()
  const breakLater = async (): Promise<void> => {
    await clock.sleep(500, never)
    device.dropConnections()
    await clock.sleep(500, never)
    gate.resolve()
  }
  const match = (command: { readonly path: string }): boolean => {
    if (command.path !== path) return false
    void breakLater()
    return true
  }
  device.faults.arm({ kind: 'ignoreCancel', until: gate.promise }, { match })
}

/** Others have taken all sessions while the controller begins anew; it is ready once they have gone. */
async function crowd(world: World): Promise<void> {
  const { device, clock, setting } = world
  world.process.kill()
  const { port } = device.addresses[setting.wire]!
  const at = { host: '127.0.0.1', port }
  const isTls = setting.wire === 'rest'
  const others = Array.from({ length: 20 }, () =>
    isTls ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at),
  )
  for (const other of others) other.on('error', () => undefined)
  await Promise.all(others.map(other => once(other, isTls ? 'secureConnect' : 'connect')))
  const began = clock.monotonic()
  void clock.sleep(5_000, never).then(() => others.forEach(other => other.destroy()))
  await world.restart()
  expect(clock.monotonic() - began).toBeGreaterThanOrEqual(5_000)
}

/** What this host is let in to, as its initiator would be. */
function hostSees(world: World, node: NodeId, volume = VOLUME): BlockExport | undefined {
  const { hostNqn } = hostIdentity(world.cluster.identity(), node, sha1)
  return world.device.exportTo(hostNqn, volumeNqn(volume), NVME_PORT)
}

/** What a host reads from the volume; then it writes something else, if told to. */
async function use(world: World, volume: VolumeId, text?: string): Promise<string> {
  await acts.attach(world, NODE_A, acts.migratable, volume)
  const read = wordOf(world, volume)
  if (text !== undefined) world.write(volume, text.padEnd(WORD))
  await acts.detach(world, NODE_A, volume)
  return read
}

/** The first word of the volume, as its host reads it. */
function wordOf(world: World, volume: VolumeId): string {
  const file = openSync(hostSees(world, NODE_A, volume)!.file, 'r')
  const bytes = Buffer.alloc(WORD)
  readSync(file, bytes, 0, WORD, 0)
  closeSync(file)
  return bytes.toString().replace(/[ \0]+$/, '')
}

/** Everything that the appliance has, but its folders. */
function held({ device }: World): unknown {
  return {
    disks: device.disks(),
    files: device.files().filter(({ size }) => size !== undefined),
    subvolumes: device
      .subvolumes()
      .filter(({ fullname, dead }) => !BASE_PATH.endsWith(fullname ?? '') && dead !== 'true'),
    free: device.free,
  }
}

/** The slots and files that the appliance has. */
const namesIn = ({ device }: World): unknown => [
  device.disks().map(({ slot }) => slot),
  device.files().map(({ name }) => name),
]
