import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import { exclusive, livingHouse, migratable, never, NODE_A, VOLUME } from '../support/controller-house.ts'

describe('growing a volume', () => {
  it('grows it to whole sectors and never shrinks it', async () => {
    const house = await livingHouse()
    const grown = await house.changes.expand(VOLUME, { required: 2 * GiB + 1, limit: 0 }, never)
    expect(grown.bytes).toBe(2 * GiB + 512)
    expect((await house.changes.expand(VOLUME, { required: GiB, limit: 0 }, never)).bytes).toBe(2 * GiB + 512)
    expect(house.appliance.script.count('resize')).toBe(1)
  })

  it('refuses a limit below what it has', async () => {
    const house = await livingHouse()
    await house.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)
    const smaller = house.changes.expand(VOLUME, { required: 0, limit: GiB }, never)
    await expect(smaller).rejects.toMatchObject({ kind: 'out-of-range' })
  })

  it('refuses an attached volume unless that was proven harmless', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A)
    const growing = house.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)
    await expect(growing).rejects.toMatchObject({ kind: 'precondition', message: expect.stringMatching(/detach/) })
    const proven = await livingHouse({ settings: { onlineExpansion: true } })
    await proven.publish(NODE_A, migratable)
    expect((await proven.changes.expand(VOLUME, { required: 2 * GiB, limit: 0 }, never)).bytes).toBe(2 * GiB)
  })
})

describe('noting something about a volume', () => {
  it('keeps it with the volume, and takes it away again', async () => {
    const house = await livingHouse()
    await house.changes.modify(VOLUME, { note: 'billing, prod' }, never)
    expect((await house.volumes.get(VOLUME, never)).volume.note).toBe('billing, prod')
    await house.changes.modify(VOLUME, { note: '' }, never)
    expect((await house.volumes.get(VOLUME, never)).volume.note).toBeUndefined()
    expect(house.sink.facts).toMatchObject([
      { type: 'operation-succeeded', operation: 'modify' },
      { type: 'operation-succeeded', operation: 'modify' },
    ])
  })

  it('does nothing where it is so already, or where nothing is asked for', async () => {
    const house = await livingHouse()
    await house.changes.modify(VOLUME, { note: 'x' }, never)
    await house.publish(NODE_A, exclusive)
    await house.changes.modify(VOLUME, { note: 'x' }, never)
    await house.changes.modify(VOLUME, { 'csi.storage.k8s.io/pvc/name': 'data' }, never)
    expect(house.appliance.script.count('annotate')).toBe(1)
  })

  it('is refused while a node holds the volume', async () => {
    const house = await livingHouse()
    await house.publish(NODE_A, exclusive)
    const modifying = house.changes.modify(VOLUME, { note: 'x' }, never)
    await expect(modifying).rejects.toMatchObject({ kind: 'precondition', message: expect.stringMatching(/detach/) })
    expect(house.appliance.script.count('annotate')).toBe(0)
  })

  it('is refused while it is exported although no node holds it', async () => {
    const house = await livingHouse()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    const modifying = house.changes.modify(VOLUME, { note: 'x' }, never)
    await expect(modifying).rejects.toMatchObject({ kind: 'precondition' })
  })

  it.each([
    ['an unknown key', { iops: '9' }, /"iops" is unknown or cannot be changed; known is note/],
    ['a long note', { note: 'x'.repeat(129) }, /note has 129 characters: at most 128/],
    ['a note of two lines', { note: 'a\nb' }, /printable ASCII/],
    ['a note in another alphabet', { note: 'Grüße' }, /printable ASCII/],
  ])('refuses %s by name', async (_, mutable, message) => {
    const house = await livingHouse()
    const modifying = house.changes.modify(VOLUME, mutable, never)
    await expect(modifying).rejects.toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) })
  })
})
