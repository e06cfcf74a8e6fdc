import { describe, expect, it } from 'vitest'
import { MemoryFilesystem } from './memory-filesystem.ts'

const { signal } = new AbortController()
const refused = { kind: 'precondition' }
const EXT4 = { type: 'ext4', flags: [], readOnly: false } as const
const device = '/dev/nvme1n1'

async function mounted(): Promise<MemoryFilesystem> {
  const filesystem = new MemoryFilesystem()
  await filesystem.format(device, 'ext4', signal)
  await filesystem.mount(device, '/staging', EXT4, signal)
  return filesystem
}

describe('file systems in memory', () => {
  it('are made on blank devices only', async () => {
    const filesystem = await mounted()
    expect(await filesystem.probe(device, signal)).toEqual({ found: 'filesystem', type: 'ext4' })
    await expect(filesystem.format(device, 'ext4', signal)).rejects.toMatchObject(refused)
    filesystem.contents.set('/dev/nvme2n1', { found: 'unreadable', why: 'data' })
    await expect(filesystem.format('/dev/nvme2n1', 'ext4', signal)).rejects.toMatchObject(refused)
  })

  it('are checked and mounted as what they are', async () => {
    const filesystem = await mounted()
    await expect(filesystem.check(device, 'ext4', signal)).resolves.toBeUndefined()
    for (const [which, type] of [[device, 'xfs'] as const, ['/dev/nvme2n1', 'ext4'] as const]) {
      await expect(filesystem.check(which, type, signal)).rejects.toMatchObject(refused)
      await expect(filesystem.mount(which, '/other', { ...EXT4, type }, signal)).rejects.toMatchObject(refused)
    }
  })

  it('are never stacked, and nothing else is', async () => {
    const filesystem = await mounted()
    await filesystem.bind('/staging', '/pod', true, signal)
    await expect(filesystem.mount(device, '/staging', EXT4, signal)).rejects.toMatchObject(refused)
    await expect(filesystem.bind('/staging', '/pod', false, signal)).rejects.toMatchObject(refused)
    await expect(filesystem.bindDevice(device, '/pod', false, signal)).rejects.toMatchObject(refused)
    expect(await filesystem.mounts(signal)).toEqual([
      { path: '/staging', device, kind: 'filesystem', readOnly: false },
      { path: '/pod', device, kind: 'filesystem', readOnly: true },
    ])
  })

  it('are bound, measured and grown only where they are mounted', async () => {
    const filesystem = await mounted()
    await expect(filesystem.bind('/nowhere', '/pod', false, signal)).rejects.toMatchObject(refused)
    await expect(filesystem.usage('/nowhere', signal)).rejects.toMatchObject(refused)
    await expect(filesystem.grow(device, '/nowhere', 'ext4', signal)).rejects.toMatchObject(refused)
    await expect(filesystem.grow('/dev/nvme2n1', '/staging', 'ext4', signal)).rejects.toMatchObject(refused)
    await expect(filesystem.grow(device, '/staging', 'ext4', signal)).resolves.toBeUndefined()
    await filesystem.unmount('/staging', signal)
    await filesystem.unmount('/staging', signal)
    expect(await filesystem.mounts(signal)).toEqual([])
  })
})
