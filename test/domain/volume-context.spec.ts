import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NUMBERS } from '../../src/domain/parameter-limits.ts'
import { readContext, readMigrationTimeout, type VolumeContext, writeContext } from '../../src/domain/volume-context.ts'
import { volumeIdForName, volumeNqn } from '../../src/domain/volume-id.ts'
import { sha256 } from './digests.ts'

const nqn = volumeNqn(volumeIdForName('pvc-3d1c2b6e-54a8-4f53-9c5e-5a7b1c2d3e4f', sha256))
const numberOf = (key: keyof typeof NUMBERS) => fc.integer({ min: NUMBERS[key].min, max: NUMBERS[key].max })
const anyContext: fc.Arbitrary<VolumeContext> = fc.record({
  nqn: fc.constant(nqn),
  portals: fc.array(fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6()), port: numberOf('nvmePort') }), {
    minLength: 1,
    maxLength: 4,
  }),
  profile: fc.record({
    ctrlLossTmo: numberOf('ctrlLossTmo'),
    reconnectDelay: numberOf('reconnectDelay'),
    keepAliveTmo: numberOf('keepAliveTmo'),
  }),
  migrationTimeout: numberOf('migrationTimeoutSeconds').map(seconds => seconds * 1000),
  fsType: fc.option(fc.constantFrom('ext4', 'xfs'), { nil: undefined }),
})

const context = (raw: Record<string, string>) => {
  const reading = readContext(raw, nqn)
  if (typeof reading === 'string') throw new Error(reading)
  return reading
}
const OLD = { nvmeAddress: '192.0.2.20', nvmePort: '4420' }

describe('a volume context', () => {
  it('is read back as it was written, with nothing to warn of', () => {
    fc.assert(
      fc.property(anyContext, written => {
        expect(readContext(writeContext(written, { rdsAddress: '192.0.2.10' }), nqn)).toEqual({
          context: written,
          warnings: [],
        })
      }),
      { numRuns: 1_000 },
    )
  })
  it('has the keys that the older driver knew, beside the list of portals', () => {
    const written = writeContext(
      {
        nqn,
        portals: [{ address: '2001:db8::1', port: 4420 }],
        profile: { ctrlLossTmo: -1, reconnectDelay: 5, keepAliveTmo: 0 },
        migrationTimeout: 300_000,
        fsType: undefined,
      },
      { rdsAddress: '192.0.2.10', volumePath: '/pool/base' },
    )
    expect(written).toEqual({
      rdsAddress: '192.0.2.10',
      volumePath: '/pool/base',
      nqn,
      portals: '[2001:db8::1]:4420',
      nvmeAddress: '2001:db8::1',
      nvmePort: '4420',
      ctrlLossTmo: '-1',
      reconnectDelay: '5',
      keepAliveTmo: '0',
      migrationTimeoutSeconds: '300',
    })
  })
  it('cannot have its own keys replaced by further ones', () => {
    fc.assert(
      fc.property(anyContext, written => {
        expect(writeContext(written, { nqn: 'x', portals: 'y' })['nqn']).toBe(nqn)
      }),
    )
  })
})

describe('a context of the older driver', () => {
  it('takes today’s defaults for what it lacks', () => {
    expect(context({ nvmeAddress: '192.0.2.20' })).toEqual({
      context: {
        nqn,
        portals: [{ address: '192.0.2.20', port: 4420 }],
        profile: { ctrlLossTmo: -1, reconnectDelay: 5, keepAliveTmo: 0 },
        migrationTimeout: 300_000,
        fsType: undefined,
      },
      warnings: [],
    })
  })
  it('takes a default for an empty value, in silence', () => {
    expect(context({ ...OLD, ctrlLossTmo: '' })).toMatchObject({
      context: { profile: { ctrlLossTmo: -1 } },
      warnings: [],
    })
  })
  it.each([
    ['ctrlLossTmo', '-5', -1],
    ['reconnectDelay', '0', 1],
    ['keepAliveTmo', '-1', 0],
    ['migrationTimeoutSeconds', '5', 30],
    ['migrationTimeoutSeconds', '99999', 3_600],
    ['nvmePort', '0', 1],
    ['nvmePort', '70000', 65_535],
    ['reconnectDelay', 'soon', 5],
    ['reconnectDelay', '5.5', 5],
    ['nvmePort', 'x', 4_420],
  ] as const)('stays usable with %s %j: %i is used, with one warning', (key, text, used) => {
    const { context: read, warnings } = context({ ...OLD, [key]: text })
    const { min, max } = NUMBERS[key]
    expect(warnings).toEqual([`${key} "${text}" is not ${min} to ${max}; ${used} is used`])
    const numbers = {
      ...read.profile,
      nvmePort: read.portals[0]?.port,
      migrationTimeoutSeconds: read.migrationTimeout / 1000,
    }
    expect(numbers[key]).toBe(used)
  })
  it('is usable whatever its numbers are', () => {
    const keys = Object.keys(NUMBERS)
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.string()), raw => {
        const { context: read } = context({ ...raw, nvmeAddress: '192.0.2.20' })
        for (const value of [...Object.values(read.profile), read.migrationTimeout, read.portals[0]?.port]) {
          expect(Number.isSafeInteger(value)).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })
  it('keeps its file system type as it is', () => {
    expect(context({ ...OLD, fsType: 'ext3' }).context.fsType).toBe('ext3')
  })
  it.each([undefined, '', 'rds.example.com', '192.0.2.1;'])('cannot be used with the address %j', address => {
    const raw = address === undefined ? {} : { nvmeAddress: address }
    expect(readContext(raw, nqn)).toBe(`volume_context nvmeAddress "${address ?? ''}" must be an IP address`)
  })
  it('cannot be used under another NQN', () => {
    expect(readContext({ ...OLD, nqn: `${nqn}x` }, nqn)).toBe(`volume_context nqn "${nqn}x" is not ${nqn}`)
    expect(context({ ...OLD, nqn }).context.nqn).toBe(nqn)
  })
})

describe('the portals of a context', () => {
  it('win over the single address', () => {
    const { portals } = context({ ...OLD, portals: '192.0.2.1:4420,[2001:db8::2]:4421' }).context
    expect(portals).toEqual([
      { address: '192.0.2.1', port: 4420 },
      { address: '2001:db8::2', port: 4421 },
    ])
  })
  it.each(['', ',', '192.0.2.1', '192.0.2.1:4420,', 'host:4420', '192.0.2.1:4420;192.0.2.2:4420', '2001:db8::2:4421'])(
    'may not be %j',
    portals =>
      expect(readContext({ ...OLD, portals }, nqn)).toBe(`volume_context portals "${portals}" must be address:port, …`),
  )
})

describe('the migration time-out of a PersistentVolume', () => {
  it.each([
    [undefined, 300_000],
    ['', 300_000],
    ['30', 30_000],
    ['3600', 3_600_000],
    ['29', 30_000],
    ['4000', 3_600_000],
    ['five', 300_000],
  ])('%j is %i ms', (text, millis) => {
    expect(readMigrationTimeout(text === undefined ? {} : { migrationTimeoutSeconds: text })).toBe(millis)
  })
})
