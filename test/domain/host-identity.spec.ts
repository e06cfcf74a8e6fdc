import { describe, expect, it } from 'vitest'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import { type ClusterId, nodeId } from '../../src/domain/ids.ts'
import { sha1 } from './digests.ts'

const cluster = '0f8fad5b-d9cb-469f-a165-70867728950e' as ClusterId

describe('the host identity of a node', () => {
  it.each([
    ['node-a', 'b7f7f786-a075-5892-a8b5-0e14f67acd08'],
    ['worker-1.example.com', 'cd834bc1-d19c-5b89-97cb-ed92a3bebe87'],
    ['knöten', '0e7de418-7928-5f76-b399-a93f693eeb8c'],
  ])('of %s is the UUIDv5 that another implementation computed', (name, uuid) => {
    expect(hostIdentity(cluster, nodeId(name), sha1)).toEqual({
      hostId: uuid,
      hostNqn: `nqn.2014-08.org.nvmexpress:uuid:${uuid}`,
    })
  })
  it('is another one for the same name in another cluster', () => {
    const other = '0f8fad5b-d9cb-469f-a165-70867728950f' as ClusterId
    expect(hostIdentity(other, nodeId('node-a'), sha1).hostId).not.toBe(
      hostIdentity(cluster, nodeId('node-a'), sha1).hostId,
    )
  })
})
