import { describe, expect, it } from 'vitest'
import type { Attachment } from '../../../src/domain/attachment.ts'
import { instant as at } from '../../../src/domain/ids.ts'
import { factText, stateText, step } from '../../support/attachment-model.ts'
import { type Column, COLUMN_OF, COLUMNS, NOW, type Row, ROW_OF, ROWS, TABLE } from './phase-table.ts'

/** What the machine does, in the words of the table. */
function cell(row: Row, column: Column): string {
  const before: Attachment = ROWS[row]
  const { next, facts, refusal } = step(before, COLUMNS[column], at(column === 'tick, late' ? 180 : NOW))
  const told = facts.map(factText).join('; ')
  if (next !== before) return `${stateText(next)} | ${told}`
  expect(facts.length).toBe(refusal === undefined ? 0 : 1)
  return refusal === undefined ? '=' : told
}

describe('the table of phases and commands', () => {
  it('A13 has a cell for every phase and every command', () => {
    for (const [phase, row] of Object.entries(ROW_OF)) expect(ROWS[row].phase).toBe(phase)
    for (const [type, column] of Object.entries(COLUMN_OF)) expect(COLUMNS[column].type).toBe(type)
    const width = Object.keys(COLUMNS).length
    for (const row of Object.values(TABLE)) expect(Object.keys(row)).toHaveLength(width)
  })
  describe.each(Object.keys(ROWS) as Row[])('%s', row => {
    it.each(Object.keys(COLUMNS) as Column[])('answers %s as the table says', column => {
      expect(cell(row, column)).toBe(TABLE[row][column])
    })
  })
})
