import { describe, expect, it } from 'vitest'
import { MAX_VOLUME_BYTES, MIN_VOLUME_BYTES, SIZE_GRAIN, GiB, TiB } from '../../src/domain/capacity.ts'
import { capabilityProblem } from '../../src/domain/capability.ts'
import { DEFAULT_FILESYSTEM, FILESYSTEM_TYPES } from '../../src/domain/filesystem.ts'
import { NUMBERS, type NumberKey } from '../../src/domain/parameter-limits.ts'
import { readParameters } from '../../src/domain/volume-parameters.ts'
import { literal, literals, readDocument, rows, section, sorted } from './document.ts'

const document = readDocument('docs/reference/storageclass.md')
const table = new Map(
  rows(section(document, 'StorageClass parameters')).map(([name, ...rest]) => [literal(name), rest]),
)
const installation = { rdsAddress: 'rds', nvmeAddress: '192.0.2.1', nvmePort: 4420, basePath: '/pool/folder' }

/** The names, as the driver itself lists them where it refuses one. */
function known(): readonly string[] {
  const refused = readParameters({ nonsense: '' }, installation)
  const [problem = ''] = 'problems' in refused ? refused.problems : []
  return /known are (.*)$/.exec(problem)![1]!.split(', ')
}

describe('docs/reference/storageclass.md', () => {
  it('has a row for every parameter', () => {
    const names = [...table.keys()].filter(name => known().includes(name ?? ''))
    expect(sorted(names)).toEqual(sorted(known()))
  })

  it.each(Object.keys(NUMBERS) as NumberKey[])('tells default and limits of %s', name => {
    const [standing, allowed] = table.get(name)!
    const { byDefault, min, max } = NUMBERS[name]
    expect(literal(standing)).toBe(name === 'nvmePort' ? '--nvme-port' : String(byDefault))
    expect(allowed).toBe(`${min} to ${max}`)
  })

  it('tells the file systems', () => {
    const [standing, allowed] = table.get('fsType')!
    expect(literal(standing)).toBe(DEFAULT_FILESYSTEM)
    expect(literals(allowed!)).toEqual(FILESYSTEM_TYPES)
  })

  it('tells the limits of sizes', () => {
    const text = section(document, 'Sizes')
    expect(text).toContain(`${MIN_VOLUME_BYTES / GiB} GiB to ${MAX_VOLUME_BYTES / TiB} TiB`)
    expect(text).toContain(`sectors of ${SIZE_GRAIN} bytes`)
  })

  it('says of block and file system what the driver says', () => {
    const served = rows(section(document, 'Access modes')).map(([volumeMode, accessModes, verdict]) => ({
      use: volumeMode === 'Block' ? ('block' as const) : ('filesystem' as const),
      modes: accessModes!.split(', '),
      good: verdict!.startsWith('✅'),
    }))
    const modes = {
      ReadWriteOnce: 'SINGLE_NODE_WRITER',
      ReadWriteOncePod: 'SINGLE_NODE_SINGLE_WRITER',
      ReadOnlyMany: 'MULTI_NODE_READER_ONLY',
      ReadWriteMany: 'MULTI_NODE_MULTI_WRITER',
    } as const
    const told = served.flatMap(({ use, modes: names, good }) => names.map(name => ({ use, name, good })))
    expect(told).toHaveLength(2 * Object.keys(modes).length)
    for (const { use, name, good } of told) {
      const mode = modes[name as keyof typeof modes]
      const problem = capabilityProblem(
        use === 'block' ? { use, mode } : { use, mode, fsType: undefined, mountFlags: [] },
      )
      expect({ use, name, good: problem === undefined }).toEqual({ use, name, good })
    }
  })
})
