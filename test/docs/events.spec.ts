import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as texts from '../../src/adapters/kubernetes/event-texts.ts'
import type { FailureReason } from '../../src/domain/facts.ts'
import { nodeId, type VolumeId } from '../../src/domain/ids.ts'
import { literal, literals, readDocument, root, rows, section, sorted } from './document.ts'

const volume = '<volumeId>' as VolumeId
const node = nodeId('<node>')
const move = { source: nodeId('<source>'), target: nodeId('<target>') }
const [a, b] = [nodeId('<a>'), nodeId('<b>')]
const MINUTES = 60_000

/** What the driver posts, with the placeholders of the document in place of names. */
const POSTED: readonly texts.EventText[] = [
  texts.migrationStarted(volume, move, 5 * MINUTES),
  texts.migrationCompleted(volume, move, 45_000),
  texts.migrationFailed(volume, move, '<reason>' as FailureReason, 5 * MINUTES),
  texts.volumeAttached(volume, node, 7),
  texts.volumeDetached(volume, node),
  texts.attachmentConflict(volume, a, [b]),
  texts.staleAttachmentCleared(volume, node),
]
const note = (text: string): string => text.replace('duration: 7ms', 'duration: <n>ms')

const document = readDocument('docs/reference/events.md')
const facts = readFileSync(join(root, 'src/domain/facts.ts'), 'utf8')
const reasons = [...(/type FailureReason =(.*)/.exec(facts)?.[1] ?? '').matchAll(/'([a-z-]+)'/g)].map(
  ([, name]) => name!,
)

describe('docs/reference/events.md', () => {
  it('knows every text there is', () => {
    const builders = Object.entries(texts).filter(([name]) => name !== 'goSeconds')
    expect(builders).toHaveLength(POSTED.length)
  })

  it('has each reason, type and message to the letter', () => {
    const table = rows(section(document, 'Events'))
      .filter(cells => cells.length === 3)
      .map(([reason, type, message]) => ({ reason: literal(reason), type, note: literal(message) }))
    expect(table).toEqual(POSTED.map(({ reason, type, note: text }) => ({ reason, type, note: note(text) })))
  })

  it('has each reason of a failed migration', () => {
    const table = rows(section(document, 'Reasons of a failed migration')).map(([reason]) => literal(reason))
    expect(reasons.length).toBeGreaterThan(3)
    expect(sorted(table)).toEqual(sorted(['timeout', ...reasons]))
  })
})

describe.each([
  ['docs/kubevirt-migration.md', 'Every event and what to do'],
  ['docs/guides/operate.md', 'Events and what to do'],
])('%s', (path, heading) => {
  it('says what to do about every event', () => {
    const named = rows(section(readDocument(path), heading)).flatMap(([event]) => literals(event!))
    expect(new Set(named)).toEqual(new Set([...named, ...POSTED.map(({ reason }) => reason)]))
  })
})

describe('docs/kubevirt-migration.md', () => {
  it('says how each failure comes about', () => {
    const outcomes = section(readDocument('docs/kubevirt-migration.md'), 'Outcomes')
    for (const reason of ['timeout', ...reasons]) expect(outcomes).toContain(`\`${reason}\``)
  })

  it('cannot be read without meeting what destroys data', () => {
    const { text } = readDocument('docs/kubevirt-migration.md')
    const [, first = ''] = text.split(/^## /m)
    expect(first).toContain('✅')
    expect(first.match(/❌.*DATA CORRUPTION/g)?.length).toBeGreaterThanOrEqual(3)
  })
})
