import { describe, expect, it } from 'vitest'
import { parseComment } from '../../src/adapters/routeros/comment.ts'
import { slotOf } from '../../src/adapters/routeros/slot.ts'
import { sha1, sha256 } from '../../src/adapters/system/digests.ts'
import { hostIdentity } from '../../src/domain/host-identity.ts'
import { type ClusterId, nodeId } from '../../src/domain/ids.ts'
import { volumeIdForName, volumeNqn } from '../../src/domain/volume-id.ts'
import { fencedLines, literal, readDocument, rows, section } from './document.ts'

const document = readDocument('docs/reference/identities.md')
const example = new Map(rows(section(document, 'An example')).map(([what, value]) => [what!, literal(value)!]))

describe('the example of docs/reference/identities.md', () => {
  const name = example.get('CSI name')!
  const id = volumeIdForName(name, sha256)
  const owner = example.get('owner') as ClusterId

  it('is what the driver makes of that name', () => {
    expect(example.get('volume id')).toBe(id)
    expect(example.get('slot')).toBe(slotOf(id))
    expect(example.get('NQN')).toBe(volumeNqn(id))
  })

  it('is what the driver makes of that node', () => {
    expect(example.get('host NQN')).toBe(hostIdentity(owner, nodeId(example.get('node')!), sha1).hostNqn)
  })

  it('has a comment that the driver reads as its own', () => {
    const [comment = ''] = fencedLines(section(document, 'The comment of a disk'))
    expect(parseComment(comment)).toMatchObject({ owner, id, name })
  })
})
