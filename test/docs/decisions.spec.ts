import { describe, expect, it } from 'vitest'
import { allDocuments, readDocument } from './document.ts'

const records = allDocuments().filter(({ path }) => /^docs\/adr\/\d/.test(path))
const index = readDocument('docs/adr/README.md').text

describe('the decisions', () => {
  it('are numbered without a gap', () => {
    const numbers = records.map(({ path }) => Number(/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]))
    expect(numbers.length).toBeGreaterThan(10)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
  })

  it.each(records)('$path has context, decision and consequences, and is in the index', ({ path, text }) => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['Context', 'Decision', 'Consequences'])
    const title = /^# (\d{4}\. .*)$/m.exec(text)?.[1]
    expect(index).toContain(`[${title}](${path.slice('docs/adr/'.length)})`)
  })
})
