import type { Module, Rule } from './module.ts'

type Graph = ReadonlyMap<string, readonly string[]>

/** What is imported when the program runs; imports of types alone are gone by then. */
function runtimeGraph(modules: readonly Module[]): Graph {
  const known = new Set(modules.map(({ path }) => path))
  const targets = ({ imports }: Module): readonly string[] =>
    imports.filter(({ target, typeOnly }) => !typeOnly && known.has(target)).map(({ target }) => target)
  return new Map(modules.map(module => [module.path, targets(module)]))
}

/** A cycle reached from `path`, its first file again at the end; none through files in `cleared`, which it adds to. */
function cycleFrom(graph: Graph, path: string, trail: readonly string[], cleared: Set<string>): readonly string[] {
  if (cleared.has(path)) return []
  const start = trail.indexOf(path)
  if (start >= 0) return [...trail.slice(start), path]
  for (const target of graph.get(path) ?? []) {
    const cycle = cycleFrom(graph, target, [...trail, path], cleared)
    if (cycle.length > 0) return cycle
  }
  cleared.add(path)
  return []
}

/** No file needs itself to be loaded. Names one cycle. */
export const nothingImportsItself: Rule = modules => {
  const graph = runtimeGraph(modules)
  const cleared = new Set<string>()
  for (const { path } of modules) {
    const cycle = cycleFrom(graph, path, [], cleared)
    if (cycle.length > 0) return [`${cycle[0]}: imports itself: ${cycle.join(' → ')}`]
  }
  return []
}
