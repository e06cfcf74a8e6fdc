import { describe, expect, it } from 'vitest'
import type { KubeClient } from '../../../src/adapters/kubernetes/kube-client.ts'
import { listAll } from '../../../src/adapters/kubernetes/list-all.ts'

const { signal } = new AbortController()
const answering = (...answers: readonly object[]): KubeClient => {
  const left = [...answers]
  return { json: async () => left.shift() } as unknown as KubeClient
}
const first = { items: [{ metadata: { name: 'a' } }], metadata: { continue: 'on' } }

describe('a listing of everything', () => {
  it('is empty where the API says so, in either of its ways', async () => {
    expect(await listAll(answering({ items: [] }), '/x', signal)).toEqual([])
    expect(await listAll(answering({ items: null, metadata: { continue: '' } }), '/x', signal)).toEqual([])
  })

  it('has the items of every page', async () => {
    const all = await listAll(answering(first, { items: [{ metadata: { name: 'b' } }] }), '/x', signal)
    expect(all.map(({ metadata }) => metadata?.name)).toEqual(['a', 'b'])
  })

  it('fails where an answer is no list, as of something that stands between: nothing follows from it', async () => {
    await expect(listAll(answering({ kind: 'Status' }), '/x', signal)).rejects.toThrow('no list')
    await expect(listAll(answering(first, {}), '/x', signal)).rejects.toThrow('no list')
  })
})
