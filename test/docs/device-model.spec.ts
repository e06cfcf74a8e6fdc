import { describe, expect, it } from 'vitest'
import { deviceModel } from '../../scripts/device-model/document.ts'
import { BEHAVIOURS, SOURCES } from '../../src/adapters/sim/routeros-device/behaviours.ts'
import { DEFAULT_SWITCHES } from '../../src/adapters/sim/routeros-device/switches.ts'
import { modelMenus } from '../adapters/sim/routeros-device/menus.ts'
import { readDocument, sorted } from './document.ts'

describe('docs/reference/device-model.md', () => {
  it('is what the behaviours say', () => {
    expect(readDocument('docs/reference/device-model.md').text).toBe(deviceModel())
  })
})

describe('the behaviours of the simulated appliance', () => {
  it('are told for every switch, and name no other', () => {
    const named = BEHAVIOURS.flatMap(behaviour => behaviour.switch ?? [])
    expect(sorted(new Set(named))).toEqual(sorted(Object.keys(DEFAULT_SWITCHES)))
  })

  it('are told for every command of every menu, and name no other', () => {
    const menus = modelMenus()
    const modelled = [...menus.values()].flatMap(({ path, commands }) =>
      Object.keys(commands).map(name => `${path}/${name}`),
    )
    const told = BEHAVIOURS.filter(({ area }) => area.startsWith('/')).flatMap(({ area, commands }) =>
      commands.map(name => `${area}/${name}`),
    )
    expect(sorted(new Set(told))).toEqual(sorted(modelled))
  })

  it.each(BEHAVIOURS)('say in one line where "$text" is known from', ({ text, confidence, sources }) => {
    expect(text).toMatch(/^[^\n]{5,160}\.$/)
    for (const source of sources) expect(Object.keys(SOURCES)).toContain(source)
    if (confidence !== '?') expect(sources.length).toBeGreaterThan(0)
  })

  it('are told once', () => {
    const texts = BEHAVIOURS.map(({ area, commands, text }) => `${area} ${commands.join(' ')} ${text}`)
    expect(new Set(texts).size).toBe(texts.length)
  })
})
