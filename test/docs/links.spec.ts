import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allDocuments, type Document, fencedLines, literals, readDocument, root, withoutFences } from './document.ts'

/** What GitHub makes of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = ({ text }: Document): readonly string[] =>
  [...withoutFences(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!))

function problemOf(document: Document, link: string): string | undefined {
  const [file = '', place] = link.split('#')
  const path = file === '' ? document.path : normalize(join(dirname(document.path), file))
  if (path.startsWith('..') || !existsSync(join(root, path))) return `${link}: there is no ${path}`
  if (place === undefined || anchorsOf(readDocument(path)).includes(place)) return undefined
  return `${link}: ${path} has no such heading`
}

const linksOf = ({ text }: Document): readonly string[] =>
  [...withoutFences(text).matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!)

/** Paths of this project that are written as code, such as `src/main.ts`; patterns and placeholders are none. */
const pathsOf = ({ text }: Document): readonly string[] =>
  [...literals(withoutFences(text)), ...fencedLines(text).flatMap(line => line.split(/[\s='"(),]+/))]
    .map(code => code.replace(/^\.\//, ''))
    .filter(code => /^(?:bin|bench|deploy|docs|proto|scripts|src|test)\/[\w./-]+$/.test(code))

describe.each(allDocuments().map(document => [document.path, document] as const))('%s', (_, document) => {
  it('links to what is there', () => {
    const relative = linksOf(document).filter(link => !/^https?:/.test(link))
    expect(relative.flatMap(link => problemOf(document, link) ?? [])).toEqual([])
  })

  it('names files that are there', () => {
    expect(pathsOf(document).filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('README.md', () => {
  const readme = readDocument('README.md')

  it('has fewer than 150 lines', () => {
    expect(readme.text.trimEnd().split('\n').length).toBeLessThan(150)
  })

  it('leads to every document that is not a record or a specification', () => {
    const reached = new Set(linksOf(readme).map(link => normalize(link.replace(/#.*/, ''))))
    const others = allDocuments().filter(({ path }) => path !== 'README.md' && !/^docs\/(?:adr|spec)\//.test(path))
    expect(others.map(({ path }) => path).filter(path => !reached.has(path))).toEqual([])
  })
})
