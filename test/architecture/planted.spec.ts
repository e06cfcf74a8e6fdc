import { describe, expect, test } from 'vitest'
import { nothingImportsItself } from './cycles.ts'
import { librariesStayInTheirPlaces } from './libraries.ts'
import { parseModule, type Rule } from './module.ts'
import { domainIsPure } from './purity.ts'
import { median, mostFilesAreShort, namesAreKebabCase, noFileIsLong, unwantedFormsAreAbsent } from './shape.ts'
import { driverReachesNoSimulator, foldersAreKnown, importsFollowTheZones, importsStayInTheTree } from './zones.ts'

type Sources = Readonly<Record<string, string>>

function judge(rule: Rule, sources: Sources): readonly string[] {
  return rule(Object.entries(sources).map(([path, text]) => parseModule(`src/${path}`, text)))
}

/** The files named by what a rule reports, in its order. */
const blamed = (rule: Rule, sources: Sources): readonly string[] =>
  judge(rule, sources).map(line => line.slice('src/'.length, line.indexOf(':')))

const importing = (specifier: string): string => `import { x } from '${specifier}'\nexport const y = x\n`

describe('the rule about zones', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['domain/a.ts', '../ports/b.ts'],
    ['domain/a.ts', '../app/b.ts'],
    ['ports/a.ts', '../app/b.ts'],
    ['ports/a.ts', '../adapters/log/b.ts'],
    ['app/a.ts', '../adapters/routeros/b.ts'],
    ['app/a.ts', '../config.ts'],
    ['app/a.ts', '../compose.ts'],
    ['adapters/routeros/a.ts', '../../app/b.ts'],
    ['adapters/routeros/a.ts', '../log/b.ts'],
    ['adapters/sim/routeros-device/a.ts', '../../routeros/b.ts'],
    ['adapters/sim/a.ts', '../csi/gen/csi/v1/csi_pb.ts'],
    ['adapters/csi/a.ts', '../kubernetes/b.ts'],
    ['adapters/csi/a.ts', '../../main.ts'],
    ['config.ts', './adapters/log/b.ts'],
    ['config/flags.ts', '../app/b.ts'],
    ['main.ts', './demo/b.ts'],
    ['demo/a.ts', '../adapters/csi/server.ts'],
    ['demo/a.ts', '../adapters/sim/b.ts'],
  ]
  for (const [path, specifier] of wrong)
    test(`refuses ${specifier} in ${path}`, () => {
      expect(blamed(importsFollowTheZones, { [path]: importing(specifier) })).toEqual([path])
    })

  const forms: Readonly<Record<string, string>> = {
    'a type': "import type { X } from '../app/b.ts'\nexport type Y = X",
    'for its effects': "import '../app/b.ts'",
    'at run time': "export const b = () => import('../app/b.ts')",
    'inside of a type': "export type X = import('../app/b.ts').X",
    'by export of names': "export { x } from '../app/b.ts'",
    'by export of types': "export type { X } from '../app/b.ts'",
    'by export of all': "export * from '../app/b.ts'",
    'by require': "export const x = require('../app/b.ts')",
    'by import of require': "import x = require('../app/b.ts')\nexport const y = x",
  }
  for (const [form, text] of Object.entries(forms))
    test(`sees an import ${form}`, () => {
      expect(blamed(importsFollowTheZones, { 'ports/a.ts': text })).toEqual(['ports/a.ts'])
    })

  const right: readonly (readonly [string, string])[] = [
    ['domain/a.ts', './b.ts'],
    ['ports/a.ts', '../domain/b.ts'],
    ['app/a.ts', '../ports/b.ts'],
    ['adapters/csi/a.ts', '../../app/b.ts'],
    ['adapters/sim/cluster/a.ts', '../blocks/b.ts'],
    ['adapters/host/a.ts', '../../ports/b.ts'],
    ['compose.ts', './adapters/sim/host/b.ts'],
    ['main.ts', './config.ts'],
    ['simulators.ts', './demo/b.ts'],
    ['demo/a.ts', '../adapters/csi/service-definition.ts'],
  ]
  for (const [path, specifier] of right)
    test(`allows ${specifier} in ${path}`, () => {
      expect(judge(importsFollowTheZones, { [path]: importing(specifier) })).toEqual([])
    })
})

describe('the rule about the tree', () => {
  for (const specifier of ['../../test/support/b.ts', './absent.ts', './present', '../../node_modules/pino/pino.js'])
    test(`refuses an import of ${specifier}`, () => {
      const sources = { 'app/a.ts': importing(specifier), 'app/present.ts': '' }
      expect(blamed(importsStayInTheTree, sources)).toEqual(['app/a.ts'])
    })

  test('allows an import of a file that is there', () => {
    expect(judge(importsStayInTheTree, { 'app/a.ts': importing('./b.ts'), 'app/b.ts': '' })).toEqual([])
  })

  for (const path of ['utils/a.ts', 'adapters/mysql/a.ts', 'adapters/a.ts'])
    test(`refuses the file ${path}`, () => {
      expect(blamed(foldersAreKnown, { [path]: '' })).toEqual([path])
    })

  test('allows the folders of the design', () => {
    const sources = { 'main.ts': '', 'app/a.ts': '', 'adapters/host/a.ts': '', 'adapters/sim/cluster/a.ts': '' }
    expect(judge(foldersAreKnown, sources)).toEqual([])
  })
})

describe('the rule about the driver', () => {
  const entry = { 'driver.ts': importing('./main.ts'), 'adapters/sim/a.ts': '' }

  test('refuses a simulator that it reaches through another file', () => {
    const sources = { ...entry, 'main.ts': importing('./compose.ts'), 'compose.ts': importing('./adapters/sim/a.ts') }
    expect(blamed(driverReachesNoSimulator, sources)).toEqual(['adapters/sim/a.ts'])
  })

  test('refuses one that it would load at run time', () => {
    const sources = { ...entry, 'main.ts': "export const a = () => import('./simulators.ts')", 'simulators.ts': '' }
    expect(blamed(driverReachesNoSimulator, sources)).toEqual(['simulators.ts'])
  })

  test('allows to know the types of one', () => {
    const sources = { ...entry, 'main.ts': "import type { X } from './adapters/sim/a.ts'\nexport type Y = X" }
    expect(judge(driverReachesNoSimulator, sources)).toEqual([])
  })
})

describe('the rule about libraries', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['inversify', 'app/volumes.ts'],
    ['inversify', 'adapters/csi/server.ts'],
    ['reflect-metadata', 'app/app.module.ts'],
    ['@grpc/grpc-js', 'adapters/kubernetes/a.ts'],
    ['@bufbuild/protobuf/wkt', 'app/a.ts'],
    ['@kubernetes/client-node', 'adapters/csi/a.ts'],
    ['@kubernetes/client-node/dist/config.js', 'main.ts'],
    ['undici', 'adapters/routeros/a.ts'],
    ['prom-client', 'adapters/csi/a.ts'],
    ['pino', 'app/a.ts'],
    ['ssh2', 'adapters/host/a.ts'],
    ['node-routeros', 'adapters/sim/routeros-device/a.ts'],
    ['node-routeros/dist/Channel.js', 'compose.ts'],
    ['selfsigned', 'adapters/routeros/a.ts'],
    ['node:child_process', 'adapters/csi/a.ts'],
    ['node:child_process', 'app/a.ts'],
    ['node:fs', 'domain/a.ts'],
    ['node:events', 'ports/a.ts'],
    ['node:timers/promises', 'app/a.ts'],
    ['lodash', 'adapters/log/a.ts'],
    ['fs', 'adapters/log/a.ts'],
    ['node:nothing', 'adapters/log/a.ts'],
  ]
  for (const [library, path] of wrong)
    test(`refuses ${library} in ${path}`, () => {
      expect(blamed(librariesStayInTheirPlaces, { [path]: importing(library) })).toEqual([path])
    })

  test('refuses one whose name is computed', () => {
    const sources = { 'adapters/log/a.ts': 'export const load = (name: string) => import(name)' }
    expect(blamed(librariesStayInTheirPlaces, sources)).toEqual(['adapters/log/a.ts'])
  })

  const right: readonly (readonly [string, string])[] = [
    ['inversify', 'app/common.module.ts'],
    ['inversify', 'adapters/csi/csi.module.ts'],
    ['inversify', 'compose.ts'],
    ['@grpc/grpc-js', 'adapters/csi/server.ts'],
    ['@grpc/grpc-js', 'demo/a.ts'],
    ['node:child_process', 'adapters/host/command-runner.ts'],
    ['node:fs/promises', 'adapters/csi/socket-file.ts'],
    ['node-routeros/dist/Channel.js', 'adapters/routeros/a.ts'],
  ]
  for (const [library, path] of right)
    test(`allows ${library} in ${path}`, () => {
      expect(judge(librariesStayInTheirPlaces, { [path]: importing(library) })).toEqual([])
    })
})

describe('the rule about the domain', () => {
  const impure: Readonly<Record<string, string>> = {
    Date: 'export const now = () => new Date(0)',
    'Date as a type': 'export type When = Date',
    setTimeout: 'export const wait = () => setTimeout(() => 1, 1)',
    setInterval: 'export const again = () => setInterval(() => 1, 1)',
    setImmediate: 'export const soon = () => setImmediate(() => 1)',
    queueMicrotask: 'export const soon = () => queueMicrotask(() => 1)',
    'Math.random': 'export const any = () => Math.random()',
    'Math taken apart': 'const { random } = Math\nexport const any = random',
    'Math by a computed name': "export const any = (name: 'random') => Math[name]()",
    process: "export const home = process.env['HOME']",
    'process in short form': 'export const all = { process }',
    globalThis: "export const now = globalThis['Date']",
    performance: 'export const now = () => performance.now()',
    crypto: 'export const id = () => crypto.randomUUID()',
    console: "export const tell = () => console.log('x')",
    'async functions': 'export async function f() {}',
    'async arrows': 'export const f = async () => 1',
    'async methods': 'export const f = { async g() {} }',
    await: 'export const x = await f()\nconst f = () => 1',
    'for await': 'export async function f(x: unknown[]) { for await (const y of x) y }',
    Promise: 'export const f = () => Promise.resolve(1)',
  }
  for (const [name, text] of Object.entries(impure))
    test(`refuses ${name}`, () => {
      expect(blamed(domainIsPure, { 'domain/a.ts': text })[0]).toBe('domain/a.ts')
      expect(judge(domainIsPure, { 'ports/a.ts': text })).toEqual([])
    })

  test('allows such words as names of members, in texts and in comments', () => {
    const text = `
      // Date, process, setTimeout
      export interface Job { readonly process: string; readonly Date: number }
      export const job: Job = { process: 'setTimeout', Date: Math.max(1, 2) }
      export const name = (other: Job) => other.process
    `
    expect(judge(domainIsPure, { 'domain/a.ts': text })).toEqual([])
  })
})

describe('the rules about shape', () => {
  const lines = (count: number): string => '\n'.repeat(count)

  test('refuse a file of 251 lines and allow one of 250', () => {
    const sources = { 'app/a.ts': lines(251), 'app/b.ts': lines(250) }
    expect(blamed(noFileIsLong, sources)).toEqual(['app/a.ts'])
  })

  test('refuse a tree whose median is 80 lines', () => {
    const sources = { 'app/a.ts': lines(1), 'app/b.ts': lines(80), 'app/c.ts': lines(200) }
    expect(judge(mostFilesAreShort, sources)).toHaveLength(1)
    expect(judge(mostFilesAreShort, { ...sources, 'app/b.ts': lines(79) })).toEqual([])
  })

  test('leave generated files out', () => {
    const sources = { 'adapters/csi/gen/csi/v1/csi_pb.ts': `${lines(5000)}export enum A {}` }
    const [module] = Object.entries(sources).map(([path, text]) => parseModule(`src/${path}`, text))
    expect(median(module === undefined ? [] : [module])).toBe(0)
    for (const rule of [noFileIsLong, mostFilesAreShort, unwantedFormsAreAbsent, namesAreKebabCase])
      expect(judge(rule, sources)).toEqual([])
  })

  const unwanted: Readonly<Record<string, string>> = {
    'an enum': 'export enum A { b }',
    'a constant enum': 'const enum A { b }\nexport type B = A',
    'a namespace': 'export namespace a { export const b = 1 }',
    'a default export': 'export default 1',
    'a default export by name': 'const a = 1\nexport { a as default }',
    'a parameter property': 'export class A { constructor(readonly b: string) {} }',
    'a decorator': '@a class B {}\nfunction a() {}\nexport type C = B',
  }
  for (const [name, text] of Object.entries(unwanted))
    test(`refuse ${name}`, () => {
      expect(blamed(unwantedFormsAreAbsent, { 'app/a.ts': text })).toEqual(['app/a.ts'])
    })

  for (const path of ['app/VolumeService.ts', 'app/volume_service.ts', 'app/a.mts', 'app/a.js', 'App/a.ts'])
    test(`refuse the name ${path}`, () => {
      expect(blamed(namesAreKebabCase, { [path]: '' })).toEqual([path])
    })
})

describe('the rule about cycles', () => {
  test('refuses files that import each other, however far apart', () => {
    const sources = {
      'app/a.ts': importing('./b.ts'),
      'app/b.ts': importing('./c.ts'),
      'app/c.ts': importing('./b.ts'),
    }
    expect(judge(nothingImportsItself, sources)).toEqual([
      'src/app/b.ts: imports itself: src/app/b.ts → src/app/c.ts → src/app/b.ts',
    ])
  })

  test('refuses one through an import whose names alone are types', () => {
    const sources = {
      'app/a.ts': importing('./b.ts'),
      'app/b.ts': "import { type X } from './a.ts'\nexport type Y = X",
    }
    expect(blamed(nothingImportsItself, sources)).toEqual(['app/a.ts'])
  })

  test('allows one through types', () => {
    const sources = {
      'app/a.ts': importing('./b.ts'),
      'app/b.ts': "import type { X } from './a.ts'\nexport type Y = X",
    }
    expect(judge(nothingImportsItself, sources)).toEqual([])
  })

  test('allows two ways to one file', () => {
    const sources = {
      'app/a.ts': `${importing('./b.ts')}export * from './c.ts'`,
      'app/b.ts': importing('./c.ts'),
      'app/c.ts': '',
    }
    expect(judge(nothingImportsItself, sources)).toEqual([])
  })
})

test('A file that is no TypeScript is refused', () => {
  expect(() => parseModule('src/app/a.ts', 'export const = 1')).toThrow('src/app/a.ts')
})
