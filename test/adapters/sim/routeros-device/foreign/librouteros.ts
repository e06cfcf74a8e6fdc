import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const here = import.meta.dirname
const root = resolve(here, '../../../../..')
const requirements = join(here, 'requirements.txt')
const cache = join(root, '.cache')
const LIMIT_MS = 120_000

/** Where librouteros lies, as `requirements.txt` pins it; or why it can not be had here. */
export type Librouteros = { readonly folder: string } | { readonly missing: string }

/** Installed by the first call, below `.cache`, under a name made of its pin; nothing else on the machine is changed. */
export function librouteros(): Librouteros {
  const pin = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16)
  const folder = join(cache, `librouteros-${pin}`)
  const version = run(['-c', 'import sys; print(sys.version_info >= (3, 10))'])
  if (version.failed !== undefined) return { missing: 'no python3' }
  if (version.written.trim() !== 'True') return { missing: 'python3 is older than 3.10' }
  if (existsSync(folder)) return { folder }
  return install(folder)
}

function install(folder: string): Librouteros {
  mkdirSync(cache, { recursive: true })
  const draft = `${folder}.${process.pid}`
  const how = ['--quiet', '--no-input', '--disable-pip-version-check', '--require-hashes', '--only-binary=:all:']
  const { failed } = run(['-m', 'pip', 'install', ...how, `--requirement=${requirements}`, `--target=${draft}`])
  if (failed === undefined) settle(draft, folder)
  rmSync(draft, { recursive: true, force: true })
  return failed === undefined ? { folder } : { missing: 'librouteros can not be installed' }
}

/** Another run may have been faster. */
function settle(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

function run(args: readonly string[]): { readonly written: string; readonly failed?: string } {
  const { error, status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8', timeout: LIMIT_MS })
  if (error !== undefined) return { written: '', failed: error.message }
  return status === 0 ? { written: stdout } : { written: stdout, failed: stderr }
}
