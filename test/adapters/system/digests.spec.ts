import { Container } from 'inversify'
import { describe, expect, it } from 'vitest'
import { sha1, sha256 } from '../../../src/adapters/system/digests.ts'
import { SystemClock } from '../../../src/adapters/system/system-clock.ts'
import { systemModule } from '../../../src/adapters/system/system.module.ts'
import type { Uuid } from '../../../src/domain/ids.ts'
import { uuidV5 } from '../../../src/domain/uuid.ts'
import { Clock } from '../../../src/ports/clock.ts'
import { Digests } from '../../../src/ports/digests.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')

describe('the digests', () => {
  it('are those of the standards', () => {
    expect(hex(sha1(bytes('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
    expect(hex(sha256(bytes('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('make the version 5 UUID of RFC 9562', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8' as Uuid
    expect(uuidV5(dns, 'www.example.com', sha1)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
  })
})

describe('the system module', () => {
  it('binds the clock once and both digests', async () => {
    const container = new Container()
    container.load(systemModule())
    expect(container.get<Clock>(Clock)).toBeInstanceOf(SystemClock)
    expect(container.get(Clock)).toBe(container.get(Clock))
    expect(container.get<Digests>(Digests)).toEqual({ sha1, sha256 })
  })
})
