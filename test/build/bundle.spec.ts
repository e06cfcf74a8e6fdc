import { isBuiltin } from 'node:module'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundle, type BundleName, BUNDLES, inputsOf } from '../../scripts/bundle.ts'

const MEGABYTE = 1024 ** 2
const SIMULATED = /^src\/(?:adapters\/sim|demo)\/|^src\/simulators\.ts$|node_modules\/selfsigned\//
const NAMES = Object.keys(BUNDLES) as BundleName[]

describe('the bundle of', () => {
  const bundles = new Map<BundleName, Bundle>()

  beforeAll(async () => {
    for (const name of NAMES) bundles.set(name, await bundle(name))
  }, 120_000)

  const inputs = (name: BundleName): readonly string[] => [...inputsOf(bundles.get(name)!).keys()]

  test.each([
    ['rds-csi', 'src/driver.ts', 'src/domain/decide.ts'],
    ['rds-csi-node', 'src/driver-node.ts', 'src/app/staging.ts'],
  ] as const)('%s holds the driver and nothing simulated', (name, entry, part) => {
    const paths = inputs(name)
    expect(paths).toEqual(expect.arrayContaining([entry, 'src/main.ts', part]))
    expect(paths.filter(path => SIMULATED.test(path))).toEqual([])
  })

  test('the node holds no client of Kubernetes or of the appliance', () => {
    expect(
      inputs('rds-csi-node').filter(path => /client-node|undici|node-routeros|adapters\/routeros/.test(path)),
    ).toEqual([])
  })

  test('the simulators holds what is simulated: the check above would see it', () => {
    expect(inputs('simulators').filter(path => SIMULATED.test(path))).toEqual(
      expect.arrayContaining(['src/simulators.ts', expect.stringMatching(/^node_modules\/selfsigned\//)]),
    )
  })

  test('either needs Node and nothing else beside it', () => {
    for (const name of NAMES) {
      const outputs = Object.values(bundles.get(name)!.metafile.outputs)
      const external = outputs.flatMap(({ imports }) => imports.filter(({ external: outside }) => outside))
      expect(external.map(({ path }) => path).filter(path => !isBuiltin(path))).toEqual([])
    }
  })

  test('the driver leaves out most of the Kubernetes client and the native parts of ssh2', () => {
    const bytes = [...inputsOf(bundles.get('rds-csi')!)]
    const kubernetes = bytes.filter(([path]) => path.includes('@kubernetes/client-node'))
    expect(kubernetes.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(MEGABYTE / 4)
    expect(bytes.filter(([path]) => path.endsWith('.node') && !path.startsWith('absent:'))).toEqual([])
  })

  test('the controller stays below 3 MB, the node below 1 MB, the simulators below 5 MB', () => {
    const sizes = Object.fromEntries(NAMES.map(name => [name, bundles.get(name)!.code.length / MEGABYTE]))
    expect(sizes['rds-csi']).toBeLessThan(3)
    expect(sizes['rds-csi-node']).toBeLessThan(1)
    expect(sizes['simulators']).toBeLessThan(5)
  })
})
