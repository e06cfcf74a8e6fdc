/**
 * Builds the driver and the simulators into `dist`, one CommonJS file each with its metafile.
 * `--quiet` prints nothing. The launcher runs this where they are missing or outdated.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bundle, bundle, type BundleName, BUNDLES, inputsOf, root } from './bundle.ts'

const dist = join(root, 'dist')
const BIGGEST_TOLD = 6

/** In one step, as a program may be starting from the file meanwhile. */
function replace(file: string, content: Uint8Array | string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, content)
  renameSync(draft, file)
}

function packageOf(path: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'rds-csi'
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1024)} KB`

function describe(built: Bundle): string {
  const sizes = new Map<string, number>()
  for (const [path, bytes] of inputsOf(built)) {
    const name = packageOf(path)
    sizes.set(name, (sizes.get(name) ?? 0) + bytes)
  }
  const biggest = [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, BIGGEST_TOLD)
  const parts = biggest.map(([name, bytes]) => `${name} ${kilobytes(bytes)}`)
  return `dist/${built.name}.cjs: ${kilobytes(built.code.length)} (${parts.join(', ')})`
}

async function write(name: BundleName): Promise<Bundle> {
  const built = await bundle(name)
  replace(join(dist, `${name}.meta.json`), JSON.stringify(built.metafile))
  replace(join(dist, `${name}.cjs`), built.code)
  return built
}

const { values } = parseArgs({ options: { quiet: { type: 'boolean' } } })
mkdirSync(dist, { recursive: true })
rmSync(join(dist, 'compile-cache'), { recursive: true, force: true })
const built = await Promise.all((Object.keys(BUNDLES) as BundleName[]).map(write))
if (!values.quiet) for (const each of built) console.log(describe(each))
