import { isIP } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostPort, isIpAddress, parseHostPort } from '../../src/domain/ip-address.ts'

const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6())
const nearly = fc.oneof(
  anyAddress.chain(address =>
    fc
      .tuple(fc.nat(address.length), fc.constantFrom('', '.', ':', '0', '1', 'f', '%', '/', ' ', '\n'))
      .map(([at, text]) => address.slice(0, at) + text + address.slice(at + 1)),
  ),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcf:.')), maxLength: 24 }),
)

describe('an IP address', () => {
  it('is what the platform takes for one, without a zone', () => {
    fc.assert(
      fc.property(fc.oneof(anyAddress, nearly), text => {
        expect(isIpAddress(text), text).toBe(isIP(text) !== 0 && !text.includes('%'))
      }),
      { numRuns: 20_000 },
    )
  })
  it.each(['192.0.2.1', '0.0.0.0', '255.255.255.255', '::1', '::', '2001:db8::1', '::ffff:192.0.2.1', 'FE80::1'])(
    'may be %s',
    text => expect(isIpAddress(text)).toBe(true),
  )
  it.each([
    '',
    'rds.example.com',
    'localhost',
    '192.0.2',
    '192.0.2.1.',
    '192.0.2.256',
    '192.0.2.01',
    '010.0.0.1',
    '192.0.2.1/24',
    '192.0.2.1:4420',
    '192.0.2.1\n',
    ' 192.0.2.1',
    '[::1]',
    'fe80::1%eth0',
    '2001:db8::/32',
    '1:2:3:4:5:6:7:8:9',
    '::1::',
    '::1]@evil',
    '$(reboot)',
  ])('may not be %j', text => expect(isIpAddress(text)).toBe(false))
})

describe('an address with a port', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyAddress, fc.integer({ min: 1, max: 65_535 }), (address, port) => {
        expect(parseHostPort(hostPort(address, port))).toEqual({ address, port })
      }),
    )
  })
  it('has brackets around IPv6', () => {
    expect(hostPort('2001:db8::1', 4420)).toBe('[2001:db8::1]:4420')
    expect(hostPort('192.0.2.1', 4420)).toBe('192.0.2.1:4420')
  })
  it.each([
    '',
    '192.0.2.1',
    '192.0.2.1:',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:-1',
    '192.0.2.1:1e3',
    '2001:db8::1:4420',
    '[2001:db8::1]',
    '[]:4420',
    'host:4420',
    '192.0.2.1:4420 ',
  ])('may not be %j', text => expect(parseHostPort(text)).toBeUndefined())
})
