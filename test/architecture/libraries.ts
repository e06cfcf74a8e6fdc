import { builtinModules } from 'node:module'
import type { Module, Rule } from './module.ts'
import { zoneOf } from './zones.ts'

const isWiring = (path: string): boolean => path.endsWith('.module.ts') || zoneOf(path) === 'root'
const within =
  (...zones: readonly string[]) =>
  (path: string): boolean =>
    zones.includes(zoneOf(path))

/** Rule 2 of the design, for every package: what is not named here is used nowhere. */
const PLACES: Readonly<Record<string, (path: string) => boolean>> = {
  inversify: isWiring,
  'reflect-metadata': within('root'),
  '@bufbuild/protobuf': within('adapters/csi', 'demo'),
  '@grpc/grpc-js': within('adapters/csi', 'demo'),
  '@kubernetes/client-node': within('adapters/kubernetes', 'demo'),
  undici: within('adapters/kubernetes'),
  'node-routeros': within('adapters/routeros'),
  // Server halves belong to the simulated appliance.
  ssh2: within('adapters/routeros', 'adapters/sim'),
  selfsigned: within('adapters/sim'),
  'prom-client': within('adapters/prometheus'),
  pino: within('adapters/log'),
  // The demonstration starts the programs that it shows.
  'node:child_process': within('adapters/host', 'demo'),
}

const CORE = new Set(['domain', 'ports', 'app'])

function problemOf(path: string, target: string): string | undefined {
  const place = PLACES[target]
  if (place !== undefined) return place(path) ? undefined : `may not import ${target}`
  if (!target.startsWith('node:')) return `imports ${target}, which has no place in the design`
  if (!builtinModules.includes(target.slice('node:'.length)) && !builtinModules.includes(target))
    return `imports ${target}, which Node does not have`
  return CORE.has(zoneOf(path)) ? `${zoneOf(path)} may not import ${target}` : undefined
}

const bare = ({ imports }: Module): readonly string[] =>
  imports.filter(({ specifier }) => !specifier.startsWith('.')).map(({ target }) => target)

/** Each library in its place, and none that has none; the core does without Node's own. */
export const librariesStayInTheirPlaces: Rule = modules =>
  modules.flatMap(module =>
    bare(module).flatMap(target => {
      const problem = problemOf(module.path, target)
      return problem === undefined ? [] : [`${module.path}: ${problem}`]
    }),
  )
