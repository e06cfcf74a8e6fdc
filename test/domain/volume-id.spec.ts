import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameProblem, parseVolumeId, volumeIdForName, volumeNqn, volumeOfNqn } from '../../src/domain/volume-id.ts'
import { sha256 } from './digests.ts'

const UUID = '3d1c2b6e-54a8-4f53-9c5e-5a7b1c2d3e4f'
const idOf = (name: string) => volumeIdForName(name, sha256)
const anyName = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  fc.uuid().map(uuid => `pvc-${uuid}`),
  fc.uuid().map(uuid => `vol-${uuid}`),
  fc.uuid().map(uuid => `pvc-${uuid.toUpperCase()}`),
)

describe('the id of a volume', () => {
  it('is its name where that is pvc-<uuid>', () => {
    fc.assert(fc.property(fc.uuid(), uuid => idOf(`pvc-${uuid}`) === `pvc-${uuid}`))
  })
  it.each([
    ['sanity-volume', 'vol-31f86bbc-0ebc-879f-bea6-eeb09ea13273'],
    ['pvc-ABC', 'vol-8d3060c2-7c2e-8974-9931-db96d57198f1'],
    ['Grüße', 'vol-57557ef0-8d79-8d90-813a-03c19e09a411'],
  ])('of %j is a digest of the name, the same for ever', (name, id) => expect(idOf(name)).toBe(id))
  it.each([
    `pvc-${UUID}x`,
    `pvc-${UUID.toUpperCase()}`,
    `pvc-${UUID}\n`,
    ` pvc-${UUID}`,
    `pvc-${UUID.slice(0, -1)}`,
    `PVC-${UUID}`,
    `pvc-pvc-${UUID}`,
    `vol-${UUID}`,
    UUID,
  ])('is a digest for the near miss %j', name => {
    expect(idOf(name)).toMatch(/^vol-/)
    expect(idOf(name)).not.toBe(name)
  })
  it('is made of characters that no appliance, label or NQN minds', () => {
    fc.assert(fc.property(anyName, name => /^(?:pvc|vol)-[0-9a-f-]{36}$/.test(idOf(name))))
  })
  it('is one name’s own: two names never meet in one id', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { minLength: 2, maxLength: 50 }), names => {
        expect(new Set(names.map(idOf)).size).toBe(names.length)
      }),
    )
  })
  it('is never both a name and a digest: the families keep apart', () => {
    fc.assert(
      fc.property(anyName, name => {
        const id = idOf(name)
        return id.startsWith('pvc-') ? id === name : idOf(id) !== id
      }),
    )
  })
  it('is known again in an answer', () => {
    fc.assert(fc.property(anyName, name => parseVolumeId(idOf(name)) === idOf(name)))
  })
  it.each([
    '',
    'pvc-',
    `pvc-${UUID}\n`,
    `pvc-${UUID}/..`,
    `PVC-${UUID}`,
    `vol-${UUID.toUpperCase()}`,
    `snap-${UUID}`,
    UUID,
  ])('is not %j', text => expect(parseVolumeId(text)).toBeUndefined())
})

describe('the NQN of a volume', () => {
  it('ends in its id, lower case', () => {
    expect(volumeNqn(idOf(`pvc-${UUID}`))).toBe(`nqn.2000-02.com.mikrotik:pvc-${UUID}`)
  })
  it('leads back to the volume', () => {
    fc.assert(fc.property(anyName, name => volumeOfNqn(volumeNqn(idOf(name))) === idOf(name)))
  })
  it.each([
    `nqn.2000-02.com.mikrotik:nixos-${UUID}`,
    `nqn.2000-02.com.mikrotik:pvc-${UUID}x`,
    `nqn.2000-02.com.mikrotik.pvc-${UUID}`,
    `nqn.2014-08.org.nvmexpress:uuid:${UUID}`,
    `pvc-${UUID}`,
    '',
  ])('is not %j', nqn => expect(volumeOfNqn(nqn)).toBeUndefined())
})

describe('a name', () => {
  const controls = [...Array(0x20).keys(), ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i), 0x2028, 0x2029]
  it.each(['a', 'x'.repeat(128), 'ü'.repeat(64), 'with spaces and "quotes"; $(x) [y] \\ ../..', `pvc-${UUID}`])(
    'may be %j',
    name => expect(nameProblem(name)).toBeUndefined(),
  )
  it('is missing where it is empty', () => expect(nameProblem('')).toBe('is missing'))
  it.each(['x'.repeat(129), 'ü'.repeat(65), '€'.repeat(43), '💾'.repeat(33)])('is too long in bytes as %j', name =>
    expect(nameProblem(name)).toBe('is longer than 128 bytes'),
  )
  it.each(controls)('may not contain the control character %i', code => {
    expect(nameProblem(`a${String.fromCodePoint(code)}b`)).toBe('contains control characters')
  })
})
