import { describe, expect, it } from 'vitest'
import {
  type AccessMode,
  accessOf,
  type Capability,
  capabilitiesProblem,
  capabilityProblem,
  isMountedReadOnly,
  isReadOnly,
  termsOf,
} from '../../src/domain/capability.ts'

const block = (mode: AccessMode): Capability => ({ use: 'block', mode })
const files = (mode: AccessMode, fsType?: string): Capability => ({ use: 'filesystem', mode, fsType, mountFlags: [] })

type Verdict = 'exclusive' | 'migratable' | 'refused' | 'corrupts'
/** Every access mode with every use. */
const MODES: Record<AccessMode, Record<Capability['use'], Verdict>> = {
  SINGLE_NODE_WRITER: { block: 'exclusive', filesystem: 'exclusive' },
  SINGLE_NODE_SINGLE_WRITER: { block: 'exclusive', filesystem: 'exclusive' },
  SINGLE_NODE_MULTI_WRITER: { block: 'exclusive', filesystem: 'exclusive' },
  SINGLE_NODE_READER_ONLY: { block: 'exclusive', filesystem: 'exclusive' },
  MULTI_NODE_READER_ONLY: { block: 'refused', filesystem: 'corrupts' },
  MULTI_NODE_SINGLE_WRITER: { block: 'refused', filesystem: 'corrupts' },
  MULTI_NODE_MULTI_WRITER: { block: 'migratable', filesystem: 'corrupts' },
  UNKNOWN: { block: 'refused', filesystem: 'refused' },
}
const CELLS = (Object.entries(MODES) as [AccessMode, (typeof MODES)[AccessMode]][]).flatMap(([mode, row]) => [
  [mode, 'block', block(mode), row.block] as const,
  [mode, 'filesystem', files(mode), row.filesystem] as const,
])

describe('an access mode', () => {
  it.each(CELLS)('%s as %s is judged', (_mode, _use, capability, verdict) => {
    const problem = capabilityProblem(capability)
    const served = verdict === 'exclusive' || verdict === 'migratable'
    expect(problem === undefined).toBe(served)
    if (served) expect(accessOf(capability)).toBe(verdict)
    else expect(accessOf(capability)).toBe('exclusive')
    expect(problem?.includes('DATA CORRUPTION') ?? false).toBe(verdict === 'corrupts')
  })
  it('that would destroy data is refused with the reason, the way out and where to read on', () => {
    const problem = capabilityProblem(files('MULTI_NODE_MULTI_WRITER'))
    expect(problem).toContain('two nodes write one file system')
    expect(problem).toContain('DATA CORRUPTION')
    expect(problem).toContain('ReadWriteOnce')
    expect(problem).toContain('volumeMode: Block')
    expect(problem).toContain('docs/kubevirt-migration.md')
  })
  it('that is missing is said to be missing', () => {
    expect(capabilityProblem(block('UNKNOWN'))).toBe('access mode is missing')
  })
  it('that only reads is known as such', () => {
    expect(Object.keys(MODES).filter(mode => isReadOnly(block(mode as AccessMode)))).toEqual([
      'SINGLE_NODE_READER_ONLY',
    ])
  })
})

describe('a set of capabilities', () => {
  it('needs at least one', () => expect(capabilitiesProblem([])).toBe('at least one is needed'))
  it('may not be block and file system', () => {
    expect(capabilitiesProblem([block('SINGLE_NODE_WRITER'), files('SINGLE_NODE_WRITER')])).toContain('contradict')
  })
  it('may not name two file system types', () => {
    const both = [files('SINGLE_NODE_WRITER', 'ext4'), files('SINGLE_NODE_WRITER', 'xfs')]
    expect(capabilitiesProblem(both)).toBe('file system types ext4, xfs contradict each other')
  })
  it('may name one type and leave it open elsewhere', () => {
    expect(capabilitiesProblem([files('SINGLE_NODE_WRITER', 'xfs'), files('SINGLE_NODE_READER_ONLY')])).toBeUndefined()
  })
  it('is refused for its worst member', () => {
    const worst = [files('SINGLE_NODE_WRITER'), files('MULTI_NODE_MULTI_WRITER')]
    expect(capabilitiesProblem(worst)).toContain('DATA CORRUPTION')
  })
  it('may hold one node and a live migration', () => {
    expect(capabilitiesProblem([block('SINGLE_NODE_WRITER'), block('MULTI_NODE_MULTI_WRITER')])).toBeUndefined()
  })
})

describe('the terms of a seat', () => {
  it('differ with mode, use and read-only', () => {
    const all = (Object.keys(MODES) as AccessMode[]).flatMap(mode =>
      [block(mode), files(mode)].flatMap(capability => [termsOf(capability, false), termsOf(capability, true)]),
    )
    expect(new Set(all).size).toBe(all.length)
    expect(termsOf(block('SINGLE_NODE_WRITER'), true)).toBe('SINGLE_NODE_WRITER/block/read-only')
  })
})

describe('mounts', () => {
  it.each([
    [['ro'], true],
    [['noatime,ro'], true],
    [['noatime'], false],
    [['errors=remount-ro'], false],
    [[], false],
  ])('with the flags %j take no writes: %s', (mountFlags, expected) => {
    const capability = { use: 'filesystem', mode: 'SINGLE_NODE_WRITER', fsType: undefined, mountFlags } as const
    expect(isMountedReadOnly(capability)).toBe(expected)
  })
  it('of a reader take no writes', () => {
    expect(isMountedReadOnly({ use: 'block', mode: 'SINGLE_NODE_READER_ONLY' })).toBe(true)
  })
})
