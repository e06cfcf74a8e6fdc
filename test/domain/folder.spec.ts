import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folderProblem, isInside } from '../../src/domain/folder.ts'
import { BAD_FOLDERS } from './bad-input.ts'

describe('a folder on the appliance', () => {
  it.each(['/pool', '/pool/volumes', '/raid1-part1/k8s/volumes_2/a.b-c'])('may be %s', folder =>
    expect(folderProblem(folder)).toBeUndefined(),
  )
  it.each(BAD_FOLDERS)('may not be %j', folder => expect(folderProblem(folder)).toMatch(/^(?:must|may)/))
  it('is at most 200 characters long', () => {
    expect(folderProblem(`/${'a'.repeat(199)}`)).toBeUndefined()
    expect(folderProblem(`/${'a'.repeat(200)}`)).toBe('is longer than 200 characters')
  })
  it('holds nothing but letters, digits, dots, dashes, underscores and slashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        if (folderProblem(`/${text}`) !== undefined) return
        expect(text).toMatch(/^[\w./-]+$/)
        expect(text.split('/')).not.toContain('..')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a path', () => {
  it.each(['/pool/base', '/pool/base/a', '/pool/base/a/b'])('%s is inside /pool/base', path =>
    expect(isInside(path, '/pool/base')).toBe(true),
  )
  it.each(['/pool/base2', '/pool/bas', '/pool', '/', '/pool/base-2/a', '/Pool/base/a', '/other/pool/base'])(
    '%s is outside /pool/base',
    path => expect(isInside(path, '/pool/base')).toBe(false),
  )
})
