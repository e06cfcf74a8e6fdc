/**
 * Generates `src/adapters/csi/gen` from `proto/` as `buf.gen.yaml` says; nothing is fetched.
 * With `--check` it writes nothing: it generates beside the checkout and ends with 1 where the committed code differs.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')
const out = join('src', 'adapters', 'csi', 'gen')

function generate(destination: string): void {
  // The plugin is a Node script as well: it has to find the same Node as we run on.
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
  const { status, error } = spawnSync(join(bin, 'buf'), ['generate', '--output', destination], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`buf generate ended with ${status}`)
}

function read(base: string): ReadonlyMap<string, string> {
  const cwd = join(base, out)
  const files = globSync('**/*.ts', { cwd }).toSorted()
  return new Map(files.map(file => [file, readFileSync(join(cwd, file), 'utf8')]))
}

function differences(committed: ReadonlyMap<string, string>, fresh: ReadonlyMap<string, string>): readonly string[] {
  const names = [...new Set([...committed.keys(), ...fresh.keys()])].toSorted()
  return names.filter(name => committed.get(name) !== fresh.get(name))
}

function check(): number {
  const scratch = mkdtempSync(join(tmpdir(), 'generate-csi-'))
  try {
    generate(scratch)
    const fresh = read(scratch)
    if (fresh.size === 0) throw new Error('buf generate wrote nothing')
    const changed = differences(read(root), fresh)
    for (const name of changed) console.error(`${join(out, name)} is not what proto/ generates: npm run generate`)
    return changed.length === 0 ? 0 : 1
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

if (process.argv.includes('--check')) process.exitCode = check()
else generate(root)
