import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import { StorageError } from '../../src/domain/errors.ts'
import { never, VOLUME } from '../support/controller-house.ts'
import { block, ext4, NodeHouse, NQN, OTHER_TARGET, STAGING, TARGET } from '../support/node-house.ts'

const broken = new StorageError('internal', 'it broke')

describe('staging a volume', () => {
  it('connects as the controller said, makes a file system on a blank device and mounts it', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    expect(house.initiator.target).toMatchObject({ nqn: NQN, host: house.host, portals: [{ port: 4420 }] })
    expect(house.filesystem.changes).toEqual([
      'format /dev/nvme1n1 ext4',
      `mount /dev/nvme1n1 ${STAGING}`,
      `grow /dev/nvme1n1 ${STAGING} ext4`,
    ])
    expect(house.sink.facts).toEqual([{ type: 'operation-succeeded', operation: 'stage' }])
  })

  it('is done when it is repeated', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    await house.staging.stage(house.stageRequest(), never)
    expect(house.filesystem.script.count('format')).toBe(1)
    expect(house.filesystem.script.count('mount')).toBe(1)
    expect(house.filesystem.table).toHaveLength(1)
  })

  it('is done when it is repeated with the mount flag ro', async () => {
    const house = new NodeHouse()
    const readOnly = { ...ext4, mountFlags: ['noatime', 'ro'] }
    await house.staging.stage(house.stageRequest(readOnly), never)
    await house.staging.stage(house.stageRequest(readOnly), never)
    expect(house.filesystem.options).toMatchObject({ type: 'ext4', flags: ['noatime', 'ro'] })
    expect(house.filesystem.table).toHaveLength(1)
  })

  it('checks a file system that is there and never formats it', async () => {
    const house = new NodeHouse()
    house.filesystem.contents.set('/dev/nvme1n1', { found: 'filesystem', type: 'ext4' })
    await house.staging.stage(house.stageRequest(), never)
    expect(house.filesystem.changes).toEqual([
      'check /dev/nvme1n1 ext4',
      `mount /dev/nvme1n1 ${STAGING}`,
      `grow /dev/nvme1n1 ${STAGING} ext4`,
    ])
    expect(house.filesystem.script.count('format')).toBe(0)
  })

  it('grows a file system that came with a smaller volume, also where an earlier call did not get to it', async () => {
    const house = new NodeHouse()
    house.filesystem.contents.set('/dev/nvme1n1', { found: 'filesystem', type: 'ext4' })
    house.filesystem.script.fail('grow', broken)
    house.filesystem.script.fail('unmount', broken)
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toBe(broken)
    expect(house.filesystem.table).toHaveLength(1)
    await house.staging.stage(house.stageRequest(), never)
    expect(house.filesystem.changes.at(-1)).toBe(`grow /dev/nvme1n1 ${STAGING} ext4`)
  })

  it('grows nothing that is mounted read-only', async () => {
    const house = new NodeHouse()
    house.filesystem.contents.set('/dev/nvme1n1', { found: 'filesystem', type: 'ext4' })
    await house.staging.stage(house.stageRequest({ ...ext4, mode: 'SINGLE_NODE_READER_ONLY' }), never)
    expect(house.filesystem.script.count('grow')).toBe(0)
  })

  it.each([
    ['another file system', { found: 'filesystem', type: 'xfs' }],
    ['what cannot be told', { found: 'unreadable', why: 'input/output error' }],
  ] as const)('refuses a device that holds %s, and lets go of it', async (_, content) => {
    const house = new NodeHouse()
    house.filesystem.contents.set('/dev/nvme1n1', content)
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.filesystem.changes).toEqual([])
    expect(house.initiator.sessions()).toEqual([])
  })

  it('leaves the staging path of a block volume alone', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(block), never)
    expect(house.filesystem.script.calls).toEqual([])
    expect(house.initiator.sessions()).toEqual([NQN])
  })

  it.each(['probe', 'format', 'mount'])('disconnects what it connected when %s fails', async step => {
    const house = new NodeHouse()
    house.filesystem.script.fail(step, broken)
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toThrow('it broke')
    expect(house.initiator.sessions()).toEqual([])
    expect(house.sink.facts).toEqual([{ type: 'operation-failed', operation: 'stage', why: 'it broke' }])
  })

  it('leaves a session alone that was there before', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(block), never)
    house.filesystem.script.fail('mount', broken)
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toThrow('it broke')
    expect(house.initiator.sessions()).toEqual([NQN])
  })

  it('undoes what it did when its caller has gone', async () => {
    const house = new NodeHouse()
    const gone = new AbortController()
    house.filesystem.script.hold('format')
    const staging = house.staging.stage(house.stageRequest(), gone.signal)
    while (house.filesystem.script.count('format') === 0) await Promise.resolve()
    gone.abort(new Error('gone'))
    await expect(staging).rejects.toThrow('gone')
    expect(house.initiator.sessions()).toEqual([])
  })

  it('refuses a device that is smaller than the volume', async () => {
    const house = new NodeHouse()
    const larger = house.stageRequest(ext4, { bytes: 2 * GiB })
    await expect(house.staging.stage(larger, never)).rejects.toMatchObject({
      kind: 'internal',
      message: expect.stringMatching(/another device/),
    })
    expect(house.filesystem.changes).toEqual([])
  })

  it('asks the size anew of a session that is older than the growth of the volume', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(block), never)
    await house.appliance.backend.start(never)
    await house.appliance.backend.resize(VOLUME, 2 * GiB, never)
    await house.staging.stage(house.stageRequest(ext4, { bytes: 2 * GiB }), never)
    expect(house.filesystem.table).toHaveLength(1)
  })

  it('refuses a staging path that holds something else', async () => {
    const house = new NodeHouse()
    house.filesystem.table.push({ path: STAGING, device: '/dev/sda1', kind: 'filesystem', readOnly: false })
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toMatchObject({ kind: 'conflict' })
    expect(house.filesystem.changes).toEqual([])
  })

  it('is refused by a target that does not let the host in', async () => {
    const house = new NodeHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'nobody' }
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toMatchObject({ kind: 'precondition' })
  })
})

describe('unstaging a volume', () => {
  it('unmounts, disconnects, and succeeds again', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    await house.staging.unstage(VOLUME, STAGING, never)
    await house.staging.unstage(VOLUME, STAGING, never)
    expect(house.filesystem.table).toEqual([])
    expect(house.initiator.sessions()).toEqual([])
  })

  it('is refused while the volume is published', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    await house.publishing.publish(house.publishRequest(), never)
    await expect(house.staging.unstage(VOLUME, STAGING, never)).rejects.toMatchObject({ kind: 'precondition' })
    expect(house.filesystem.table).toHaveLength(2)
    expect(house.initiator.sessions()).toEqual([NQN])
  })

  it('says so when the session does not end', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    house.initiator.script.fail('disconnect', broken)
    await expect(house.staging.unstage(VOLUME, STAGING, never)).rejects.toThrow('it broke')
    await house.staging.unstage(VOLUME, STAGING, never)
    expect(house.initiator.sessions()).toEqual([])
  })

  it('is no success where the mounts cannot be read', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    house.filesystem.script.fail('mounts', broken)
    await expect(house.staging.unstage(VOLUME, STAGING, never)).rejects.toThrow('it broke')
    expect(house.initiator.sessions()).toEqual([NQN])
  })
})

describe('publishing a staged volume to a pod', () => {
  async function staged(capability = ext4 as typeof ext4 | typeof block) {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(capability), never)
    return house
  }

  it('shows it at the path, once however often it is asked', async () => {
    const house = await staged()
    await house.publishing.publish(house.publishRequest(), never)
    await house.publishing.publish(house.publishRequest(), never)
    expect(house.filesystem.table.filter(mount => mount.path === TARGET)).toHaveLength(1)
  })

  it('shows a block volume as a device', async () => {
    const house = await staged(block)
    await house.publishing.publish(house.publishRequest(block, { readOnly: true }), never)
    expect(house.filesystem.table).toMatchObject([{ path: TARGET, kind: 'block', readOnly: true }])
  })

  it.each([
    ['asked so', ext4, true],
    ['of its mode', { ...ext4, mode: 'SINGLE_NODE_READER_ONLY' }, false],
    ['of its mount flags', { ...ext4, mountFlags: ['ro'] }, false],
  ] as const)('takes no writes because it was %s', async (_, capability, readOnly) => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(capability), never)
    const wanted = house.publishRequest(capability, { readOnly })
    await house.publishing.publish(wanted, never)
    await house.publishing.publish(wanted, never)
    expect(house.filesystem.table.at(-1)).toMatchObject({ path: TARGET, readOnly: true })
  })

  it('refuses a path in use by something else', async () => {
    const house = await staged()
    await house.publishing.publish(house.publishRequest(), never)
    const other = house.publishRequest(ext4, { readOnly: true })
    await expect(house.publishing.publish(other, never)).rejects.toMatchObject({ kind: 'conflict' })
  })

  it('gives it to several pods of the node, but one for a single writer to one', async () => {
    const house = await staged()
    await house.publishing.publish(house.publishRequest(), never)
    await house.publishing.publish(house.publishRequest(ext4, { targetPath: OTHER_TARGET }), never)
    expect(house.filesystem.table).toHaveLength(3)

    const single = { ...ext4, mode: 'SINGLE_NODE_SINGLE_WRITER' } as const
    const strict = new NodeHouse()
    await strict.staging.stage(strict.stageRequest(single), never)
    await strict.publishing.publish(strict.publishRequest(single), never)
    await strict.publishing.publish(strict.publishRequest(single), never)
    const second = strict.publishing.publish(strict.publishRequest(single, { targetPath: OTHER_TARGET }), never)
    await expect(second).rejects.toMatchObject({ kind: 'precondition', message: expect.stringContaining(TARGET) })
  })

  it.each([ext4, block])('refuses what is not staged ($use)', async capability => {
    const house = new NodeHouse()
    const publishing = house.publishing.publish(house.publishRequest(capability), never)
    await expect(publishing).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/stage it first/),
    })
    expect(house.filesystem.changes).toEqual([])
  })

  it('refuses a session that the appliance has cut', async () => {
    const house = await staged()
    await house.appliance.backend.start(never)
    await house.appliance.hosts.revoke(VOLUME, never)
    await expect(house.publishing.publish(house.publishRequest(), never)).rejects.toMatchObject({
      kind: 'precondition',
    })
  })

  it('does not give away the device below a mounted file system', async () => {
    const house = await staged()
    const publishing = house.publishing.publish(house.publishRequest(block), never)
    await expect(publishing).rejects.toMatchObject({
      kind: 'precondition',
      message: expect.stringMatching(/file system/),
    })
  })

  it('ends with an unpublish, which succeeds again', async () => {
    const house = await staged()
    await house.publishing.publish(house.publishRequest(), never)
    await house.publishing.unpublish(VOLUME, TARGET, never)
    await house.publishing.unpublish(VOLUME, TARGET, never)
    expect(house.filesystem.table).toMatchObject([{ path: STAGING }])
  })
})

describe('a volume on a node', () => {
  it('says what is used, or how large a block volume is', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    expect(await house.volumes.usage(VOLUME, STAGING, never)).toMatchObject({ bytes: { used: 250_000 } })
    const raw = new NodeHouse()
    await raw.staging.stage(raw.stageRequest(block), never)
    await raw.publishing.publish(raw.publishRequest(block), never)
    expect(await raw.volumes.usage(VOLUME, TARGET, never)).toEqual({ total: GiB })
  })

  it('is not found where it is not', async () => {
    const house = new NodeHouse()
    await expect(house.volumes.usage(VOLUME, TARGET, never)).rejects.toMatchObject({ kind: 'not-found' })
    await expect(house.volumes.expand(VOLUME, TARGET, { required: 0, limit: 0 }, never)).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  it('grows with its file system, and says so where it does not yet', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    const range = { required: 2 * GiB, limit: 2 * GiB }
    const early = house.volumes.expand(VOLUME, STAGING, range, never)
    await expect(early).rejects.toMatchObject({ kind: 'unavailable' })
    await house.appliance.backend.start(never)
    await house.appliance.backend.resize(VOLUME, 2 * GiB, never)
    expect(await house.volumes.expand(VOLUME, STAGING, range, never)).toBe(2 * GiB)
    expect(house.filesystem.changes.at(-1)).toBe(`grow /dev/nvme1n1 ${STAGING} ext4`)
  })

  it('is not grown past a limit', async () => {
    const house = new NodeHouse()
    await house.staging.stage(house.stageRequest(), never)
    await house.appliance.backend.start(never)
    await house.appliance.backend.resize(VOLUME, 2 * GiB, never)
    const before = house.filesystem.script.count('grow')
    const growing = house.volumes.expand(VOLUME, STAGING, { required: 0, limit: 2 * GiB - 1 }, never)
    await expect(growing).rejects.toMatchObject({ kind: 'out-of-range', message: expect.stringMatching(/limit_bytes/) })
    expect(house.filesystem.script.count('grow')).toBe(before)
  })
})

describe('a stage that failed', () => {
  it('leaves no mount behind that came about all the same, and lets go of the session after it', async () => {
    const house = new NodeHouse()
    const mount = house.filesystem.mount.bind(house.filesystem)
    house.filesystem.mount = async (...wanted) => {
      await mount(...wanted)
      throw broken
    }
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toBe(broken)
    expect(house.filesystem.table).toEqual([])
    expect(house.initiator.sessions()).toEqual([])
  })

  it('leaves the session where its mount cannot be taken away', async () => {
    const house = new NodeHouse()
    const mount = house.filesystem.mount.bind(house.filesystem)
    house.filesystem.mount = async (...wanted) => {
      await mount(...wanted)
      throw broken
    }
    house.filesystem.script.fail('unmount', new StorageError('internal', 'busy'))
    await expect(house.staging.stage(house.stageRequest(), never)).rejects.toBe(broken)
    expect(house.initiator.sessions()).toEqual([NQN])
    expect(house.log.lines.filter(line => line.level === 'warn')).toHaveLength(1)
  })
})

describe('a path that holds another volume', () => {
  it('is left alone by unpublish and by unstage', async () => {
    const house = new NodeHouse()
    const other = 'pvc-99999999-2222-4333-8444-555555555555' as typeof VOLUME
    const admitted = { to: 'host', host: house.host.hostNqn } as const
    house.appliance.seed({ id: other, name: other, bytes: GiB, folder: '/pool/volumes' }, admitted)
    await house.staging.stage(house.stageRequest(), never)
    await house.publishing.publish(house.publishRequest(), never)
    const refused = { kind: 'precondition', message: expect.stringContaining(VOLUME) }
    await expect(house.publishing.unpublish(other, TARGET, never)).rejects.toMatchObject(refused)
    await expect(house.staging.unstage(other, STAGING, never)).rejects.toMatchObject(refused)
    expect(house.filesystem.table).toHaveLength(2)
  })
})
