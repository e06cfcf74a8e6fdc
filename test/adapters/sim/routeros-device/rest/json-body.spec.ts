import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BodyError, parseBody } from '../../../../../src/adapters/sim/routeros-device/rest/json-body.ts'

const parsed = (text: string): object => Object.fromEntries(parseBody(text))

describe('the body of a REST request', () => {
  it('is a flat object of strings, numbers, booleans and lists', () => {
    const text = ' {"slot" : "a b", "file-size":1073741824,\n"once":"", "disabled":true,".proplist":["slot","size"]} '
    expect(parsed(text)).toEqual({
      slot: 'a b',
      'file-size': '1073741824',
      once: '',
      disabled: 'true',
      '.proplist': ['slot', 'size'],
    })
    expect(parsed('{}')).toEqual({})
    expect(parsed('{".query":[]}')).toEqual({ '.query': [] })
  })

  it('may hold characters that only look like control characters', () => {
    expect(parsed('{"a":"\u007f\u0085\u2028😀\\ud83d\\ude00"}')).toEqual({ a: '\u007f\u0085\u2028😀😀' })
  })

  it('may be missing', () => {
    expect(parsed('')).toEqual({})
    expect(parsed(' \r\n')).toEqual({})
  })

  it('keeps every digit of a number, and reads octal and hexadecimal ones', () => {
    expect(parsed('{"a":9007199254740993,"b":010,"c":0x1F,"d":-5,"e":1.5,"f":0,"g":"010"}')).toEqual({
      a: '9007199254740993',
      b: '8',
      c: '31',
      d: '-5',
      e: '1.5',
      f: '0',
      g: '010',
    })
  })

  it.each([
    '{"a":2e0}',
    '{"a":1E5}',
    '{"a":}',
    '{"a" "b"}',
    '{"a":"b",}',
    '{a:"b"}',
    "{'a':'b'}",
    '{"a":"b"} x',
    '{"a":"b"',
    '["a"]',
    '"a"',
    '{"a":null}',
    '{"a":{"b":"c"}}',
    '{"a":[["b"]]}',
    '{"a":"\\x41"}',
    '{"a":"line\nbreak"}',
    '{"a":truefalse}',
    '{"a":tru}',
    'slot=a',
  ])('%j is refused', text => {
    expect(() => parseBody(text)).toThrow(BodyError)
    expect(() => parseBody(text)).toThrow('Failed to parse json')
  })

  it('is read as JSON means it, whatever the strings are', () => {
    const body = fc.dictionary(
      fc.string({ unit: 'grapheme' }),
      fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string())),
    )
    fc.assert(
      fc.property(body, fc.nat(4), (object, indent) => {
        expect(new Map(Object.entries(object))).toEqual(parseBody(JSON.stringify(object, undefined, indent)))
      }),
    )
  })
})
