import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterId, isUuid, type Uuid } from '../../src/domain/ids.ts'
import { uuidBytes, uuidOf, uuidV5, uuidV8 } from '../../src/domain/uuid.ts'
import { sha1, sha256 } from './digests.ts'

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8' as Uuid

describe('a UUID', () => {
  it('is the same text after bytes and back', () => {
    fc.assert(fc.property(fc.uuid(), text => uuidOf(uuidBytes(text as Uuid)) === text))
  })
  it('is the same bytes after text and back', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(fc.property(sixteen, bytes => uuidBytes(uuidOf(bytes)).join() === bytes.join()))
  })
  it('has no more and no fewer than 16 bytes', () => {
    expect(() => uuidOf(new Uint8Array(15))).toThrow('not 15')
    expect(() => uuidOf(new Uint8Array(17))).toThrow(TypeError)
  })
  it.each(['', 'x', DNS.toUpperCase(), `${DNS} `, `{${DNS}}`, DNS.replaceAll('-', ''), `${DNS}\n`])(
    'is not %j',
    text => {
      expect(isUuid(text)).toBe(false)
      expect(clusterId(text)).toBeUndefined()
    },
  )
  it('may name a cluster', () => expect(clusterId(DNS)).toBe(DNS))
})

describe('version 5', () => {
  it('is what RFC 9562, appendix A.4, says', () => {
    expect(uuidV5(DNS, 'www.example.com', sha1)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })
})

describe('version 8', () => {
  it.each([
    ['sanity-volume', '31f86bbc-0ebc-879f-bea6-eeb09ea13273'],
    ['pvc-ABC', '8d3060c2-7c2e-8974-9931-db96d57198f1'],
    ['Grüße', '57557ef0-8d79-8d90-813a-03c19e09a411'],
  ])('of %j is what another implementation computed', (name, uuid) => {
    expect(uuidV8('rds-csi volume name', name, sha256)).toBe(uuid)
  })
  it('bears its version and the variant of RFC 9562', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (namespace, name) =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuidV8(namespace, name, sha256)),
      ),
    )
  })
  it('keeps namespace and name apart', () => {
    expect(uuidV8('a', 'bc', sha256)).not.toBe(uuidV8('ab', 'c', sha256))
  })
})
