import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const here = new URL('.', import.meta.url)
const document = readFileSync(new URL('../../docs/spec/attachment.md', import.meta.url), 'utf8')
const specs = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.spec.ts'))
const source = specs.map(name => readFileSync(new URL(name, here), 'utf8')).join('\n')

const laws = [...document.matchAll(/^- \*\*(A\d+)\*\* /gm)].map(([, law]) => law)
/** Tests that run: neither skipped nor planned nor expected to fail. */
const tested = [...source.matchAll(/^\s*it\(\s*(['"`])(A\d+) /gm)].map(([, , law]) => law)

describe('docs/spec/attachment.md', () => {
  it('numbers its laws from A1 on, each once and without a gap', () => {
    expect(laws.length).toBeGreaterThan(50)
    expect(laws).toEqual(laws.map((_, i) => `A${i + 1}`))
  })
  it('states no law without a test whose name begins with its number', () => {
    expect(laws.filter(law => !tested.includes(law))).toEqual([])
  })
  it('knows the law of every numbered test', () => {
    expect([...new Set(tested)].filter(law => !laws.includes(law))).toEqual([])
  })
  it('is tied to tests that run', () => {
    expect(source).not.toMatch(/\b(?:it|describe)\.(?:skip|todo|fails|only)\b/)
  })
})
