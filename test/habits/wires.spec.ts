import { describe, expect, it } from 'vitest'
import { type Setting, USUAL } from '../crash-points/setting.ts'
import { expected, lived, SUBVOLUMES } from './lived.ts'
import { otherWaysOf, type SwitchName } from './ways.ts'

/** What the services differ in; the rest is the same device behind each of them. */
const OF_THE_WIRE: Readonly<Record<Exclude<Setting['wire'], 'api'>, readonly SwitchName[]>> = {
  rest: ['restUnknownId', 'restRefusedChange', 'resourcePolicy', 'overMaxSessions', 'vanishedClient', 'trapCategory'],
  ssh: [
    'sshErrors',
    'sshChannels',
    'consoleWrap',
    'consoleIndent',
    'legendWhenEmpty',
    'unknownTexts',
    'overMaxSessions',
    'vanishedClient',
  ],
}
const CASES = (['rest', 'ssh'] as const).flatMap(wire => {
  const other = OF_THE_WIRE[wire].flatMap(otherWaysOf)
  return [USUAL.switches, ...other].map(switches => ({ wire, switches }))
})

describe('a whole life over another service', () => {
  it.each(CASES)('is as told over $wire with $switches', async ({ wire, switches }) => {
    const setting = { ...SUBVOLUMES, wire, switches }
    expect(await lived(setting)).toEqual(expected(setting))
  })
})
