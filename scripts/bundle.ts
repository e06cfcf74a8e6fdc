import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'

export const root = resolve(import.meta.dirname, '..')

/** The programs that are built: the driver ships in the images, its controller and its node each by itself, the simulators stay in the checkout. */
export const BUNDLES = {
  'rds-csi': 'src/driver.ts',
  'rds-csi-node': 'src/driver-node.ts',
  simulators: 'src/simulators.ts',
} as const

export type BundleName = keyof typeof BUNDLES

export interface Bundle {
  readonly name: BundleName
  readonly code: Uint8Array
  readonly metafile: Metafile
}

/** What libraries try to load and do without: the native halves of ssh2 (no install script compiles them), colours. */
const withoutOptionalParts: Plugin = {
  name: 'without-optional-parts',
  setup(bundling) {
    const absent = { namespace: 'absent' }
    bundling.onResolve({ filter: /^(?:cpu-features|supports-color)$|\.node$/ }, ({ path }) => ({ path, ...absent }))
    bundling.onLoad({ filter: /.*/, ...absent }, () => ({
      contents: "throw new Error('not in the bundle')",
      loader: 'js',
    }))
  },
}

/** node-routeros loads 480 KB of character tables for its wire layer, which the driver replaces: it speaks UTF-8. */
const withoutCharacterTables: Plugin = {
  name: 'without-character-tables',
  setup(bundling) {
    const unused = { namespace: 'unused' }
    bundling.onResolve({ filter: /^iconv-lite$/ }, ({ path }) => ({ path, ...unused }))
    bundling.onLoad({ filter: /.*/, ...unused }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

/**
 * The Kubernetes client does nothing when imported, but does not say so; unused, its models are two thirds of it. Its
 * imports name whole files, so none has to be looked for: asking esbuild for each would take eight times as long.
 */
const kubernetesWithoutSideEffects: Plugin = {
  name: 'kubernetes-without-side-effects',
  setup(bundling) {
    bundling.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, importer, resolveDir }) =>
      importer.includes('@kubernetes/client-node') ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    )
  },
}

/** The version that the programs tell: that of package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  return version
}

function options(entry: string): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: 'bundle.cjs',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    legalComments: 'none',
    define: {
      RDS_CSI_VERSION: JSON.stringify(packageVersion()),
      // node-routeros loads source-map-support, which is not there, when this says `testing`.
      'process.env.ENV': '"production"',
    },
    plugins: [withoutOptionalParts, withoutCharacterTables, kubernetesWithoutSideEffects],
    metafile: true,
    write: false,
    logLevel: 'warning',
  }
}

/** One program with all that it uses as one CommonJS file, in memory. Throws where it can't be bundled. */
export async function bundle(name: BundleName): Promise<Bundle> {
  const { outputFiles, metafile } = await build({ ...options(BUNDLES[name]), write: false, metafile: true })
  const code = outputFiles[0]?.contents
  if (code === undefined) throw new Error(`esbuild wrote nothing for ${name}`)
  return { name, code, metafile }
}

/** The source files in a bundle, as paths from the checkout's root, with the bytes that each adds. */
export function inputsOf({ metafile }: Bundle): ReadonlyMap<string, number> {
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  return new Map(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]))
}
