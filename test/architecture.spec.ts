import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nothingImportsItself } from './architecture/cycles.ts'
import { librariesStayInTheirPlaces } from './architecture/libraries.ts'
import { readModules, type Rule } from './architecture/module.ts'
import { domainIsPure } from './architecture/purity.ts'
import { mostFilesAreShort, namesAreKebabCase, noFileIsLong, unwantedFormsAreAbsent } from './architecture/shape.ts'
import {
  driverReachesNoSimulator,
  foldersAreKnown,
  importsFollowTheZones,
  importsStayInTheTree,
} from './architecture/zones.ts'

const modules = readModules(resolve(import.meta.dirname, '..'))

const RULES: Readonly<Record<string, Rule>> = {
  'imports along the zones alone': importsFollowTheZones,
  'imports nothing outside of src by path': importsStayInTheTree,
  'has the folders of the design alone': foldersAreKnown,
  'keeps simulators out of the driver': driverReachesNoSimulator,
  'keeps each library in its place': librariesStayInTheirPlaces,
  'keeps time, chance, process and async out of the domain': domainIsPure,
  'has no long file': noFileIsLong,
  'has mostly short files': mostFilesAreShort,
  'has no enum, namespace, default export, parameter property or decorator': unwantedFormsAreAbsent,
  'names files in kebab-case': namesAreKebabCase,
  'has no cycle of imports': nothingImportsItself,
}

describe('the source tree', () => {
  test('is found', () => {
    expect(modules.map(({ path }) => path)).toEqual(expect.arrayContaining(['src/main.ts', 'src/domain/decide.ts']))
  })

  for (const [name, rule] of Object.entries(RULES)) test(name, () => expect(rule(modules)).toEqual([]))
})
