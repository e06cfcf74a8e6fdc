import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../bundle.ts'
import { output } from './command.ts'
import { findGo } from './go.ts'

const PACKAGE = 'github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity'
const module = join(root, 'test', 'sanity')
const cache = join(root, '.cache')

/** Where csi-sanity lies, as `test/sanity` pins it: built by the first call, named after what it was built from. */
export function csiSanity(): string {
  const pins = ['go.mod', 'go.sum'].map(file => readFileSync(join(module, file)))
  const hash = pins.reduce((sum, pin) => sum.update(pin), createHash('sha256')).digest('hex')
  const binary = join(cache, `csi-sanity-${hash.slice(0, 16)}`)
  if (existsSync(binary)) return binary
  mkdirSync(cache, { recursive: true })
  const { command, env } = findGo(cache)
  const draft = `${binary}.${process.pid}`
  output(command, ['build', '-trimpath', '-o', draft, PACKAGE], { cwd: module, env: { ...env, CGO_ENABLED: '0' } })
  renameSync(draft, binary)
  return binary
}
