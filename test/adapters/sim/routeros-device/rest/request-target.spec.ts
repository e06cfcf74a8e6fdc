import { describe, expect, it } from 'vitest'
import { parseTarget } from '../../../../../src/adapters/sim/routeros-device/rest/request-target.ts'

describe('the URL of a REST request', () => {
  it('names a menu, a record or a command behind /rest', () => {
    expect(parseTarget('/rest/disk/btrfs/subvolume')).toEqual({
      segments: ['disk', 'btrfs', 'subvolume'],
      parameters: [],
    })
    expect(parseTarget('/rest/disk/*2B')).toEqual({ segments: ['disk', '*2B'], parameters: [] })
    expect(parseTarget('/rest/')).toEqual({ segments: [], parameters: [] })
  })

  it('is decoded, the slash of a name and all, but for an asterisk', () => {
    expect(parseTarget('/rest/file/pool%2Fa%20b.img')?.segments).toEqual(['file', 'pool/a b.img'])
    expect(parseTarget('/rest/disk/%2A2B')?.segments).toEqual(['disk', '%2A2B'])
    expect(parseTarget('/rest/disk/%2a2b')?.segments).toEqual(['disk', '%2a2b'])
    expect(parseTarget('/rest/disk/%252A')?.segments).toEqual(['disk', '%2A'])
  })

  it('filters by its query', () => {
    expect(parseTarget('/rest/disk?slot=a%26b&.proplist=slot,size&empty&comment=1+%2B+1%3D2=x')?.parameters).toEqual([
      ['slot', 'a&b'],
      ['.proplist', 'slot,size'],
      ['empty', ''],
      ['comment', '1 + 1=2=x'],
    ])
  })

  it('is none of the REST API elsewhere', () => {
    expect(parseTarget('/')).toBeUndefined()
    expect(parseTarget('/restful/disk')).toBeUndefined()
    expect(parseTarget('/webfig/')).toBeUndefined()
  })

  it('is refused where it can not be decoded', () => {
    expect(() => parseTarget('/rest/disk/%ZZ')).toThrow('HTTP 400')
  })
})
