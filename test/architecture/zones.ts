import type { Module, Rule } from './module.ts'

const ADAPTERS = new Set(['csi', 'host', 'kubernetes', 'log', 'nvmet', 'prometheus', 'routeros', 'sim', 'system'])
const FOLDERS = new Set(['adapters', 'adopt', 'app', 'config', 'demo', 'doctor', 'domain', 'ports'])
/** Where everything meets: they choose adapters, so they may import all. */
const ROOTS = /^(?:compose(?:-[a-z]+)?|driver(?:-node)?|main|simulators|start)\.ts$/
const SIMULATED = ['src/adapters/sim/', 'src/demo/', 'src/simulators.ts']

/** `domain`, `ports`, `app`, `adapters/csi`, `demo`, `root`, `config` (the files beside the roots, and their folder). */
export function zoneOf(path: string): string {
  const [, first = '', second = '', ...rest] = path.split('/')
  if (second === '') return ROOTS.test(first) ? 'root' : 'config'
  if (first !== 'adapters') return first
  return rest.length === 0 ? 'adapters' : `adapters/${second}`
}

/** Zones other than the own one that may be imported, where these are not `domain` and `ports`. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  'adapters/csi': ['domain', 'ports', 'app'],
}
const USUAL: readonly string[] = ['domain', 'ports']

function allows(from: string, to: string): boolean {
  if (from === to) return true
  return from === 'root' ? to !== 'demo' : (ALLOWED[from] ?? USUAL).includes(to)
}

/** Declarations of a wire that both sides of it speak: a client needs them too. */
const WIRE = new Set(['src/adapters/csi/gen/csi/v1/csi_pb.ts', 'src/adapters/csi/service-definition.ts'])

function mayImport(from: string, to: string): boolean {
  const [source, target] = [zoneOf(from), zoneOf(to)]
  if (allows(source, target)) return true
  if (source === 'demo') return WIRE.has(to)
  return from === 'src/simulators.ts' && target === 'demo'
}

/** Rule 1 of the design (and rule 0 for the simulators, which are an adapter like any other). */
export const importsFollowTheZones: Rule = modules =>
  modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target.startsWith('src/') && !mayImport(path, target))
      .map(({ target }) => `${path}: ${zoneOf(path)} may not import ${target}`),
  )

/** A relative import of what is no source file, or of one that is not there, would get round every other rule. */
export const importsStayInTheTree: Rule = modules => {
  const known = new Set(modules.map(({ path }) => path))
  return modules.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier, target }) => specifier.startsWith('.') && !known.has(target))
      .map(({ specifier }) => `${path}: imports ${specifier}, which is no source file under src`),
  )
}

/** Folders that the design knows; a new one is a decision, made there first. */
export const foldersAreKnown: Rule = modules =>
  modules.flatMap(({ path }) => {
    const [, first = '', second = '', ...rest] = path.split('/')
    if (second === '') return []
    if (!FOLDERS.has(first)) return [`${path}: src/${first} is no folder of the design`]
    if (first !== 'adapters') return []
    if (rest.length === 0) return [`${path}: an adapter is a folder`]
    return ADAPTERS.has(second) ? [] : [`${path}: src/adapters/${second} is no adapter of the design`]
  })

function reachable(modules: readonly Module[], start: string): ReadonlySet<string> {
  const byPath = new Map(modules.map(module => [module.path, module]))
  const reached = new Set([start])
  for (const path of reached)
    for (const { target, typeOnly } of byPath.get(path)?.imports ?? [])
      if (!typeOnly && byPath.has(target)) reached.add(target)
  return reached
}

/** Rule 0: the driver ships without simulators. */
export const driverReachesNoSimulator: Rule = modules =>
  ['src/driver.ts', 'src/driver-node.ts']
    .flatMap(entry => Array.from(reachable(modules, entry)))
    .filter(path => SIMULATED.some(simulated => path.startsWith(simulated)))
    .map(path => `${path}: the driver must not reach it`)
