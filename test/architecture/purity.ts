import { descend, type Module, type Rule, type SyntaxNode } from './module.ts'
import { zoneOf } from './zones.ts'

/** Time, chance, the process, and all that would let them in by another door. */
const FORBIDDEN = new Set([
  'Buffer',
  'Date',
  'Promise',
  'clearInterval',
  'clearTimeout',
  'console',
  'crypto',
  'eval',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
])

/** Keys under which an identifier is a name given, not a thing referred to. */
const NAMING: Readonly<Record<string, string>> = {
  MemberExpression: 'property',
  Property: 'key',
  MethodDefinition: 'key',
  PropertyDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSQualifiedName: 'right',
}

function isReference(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined) return true
  const key = NAMING[parent.type]
  return key === undefined || parent['computed'] === true || parent['shorthand'] === true || parent[key] !== node
}

/** `Math` as anything but the object of a plain `Math.name`: taken apart or asked by a computed name, it gives `random` too. */
function isRandom(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (node.type !== 'Identifier' || node['name'] !== 'Math' || !isReference(node, parent)) return false
  if (parent?.type !== 'MemberExpression' || parent['computed'] === true) return true
  return (parent['property'] as SyntaxNode)['name'] === 'random'
}

const isAsync = (node: SyntaxNode): boolean =>
  node['async'] === true ||
  node.type === 'AwaitExpression' ||
  (node.type === 'ForOfStatement' && node['await'] === true)

function problemOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (isAsync(node)) return 'async'
  if (isRandom(node, parent)) return 'Math.random'
  if (node.type !== 'Identifier' || typeof node['name'] !== 'string' || !FORBIDDEN.has(node['name'])) return undefined
  return isReference(node, parent) ? node['name'] : undefined
}

function problemsOf({ path, program }: Module): readonly string[] {
  const found = new Set<string>()
  for (const [node, [parent]] of descend(program)) {
    const problem = problemOf(node, parent)
    if (problem !== undefined) found.add(problem)
  }
  return [...found].map(problem => `${path}: the domain knows no ${problem}`)
}

/** Rule 3 of the design: domain functions take what they need, the time included, and return values. */
export const domainIsPure: Rule = modules =>
  modules.filter(({ path }) => zoneOf(path) === 'domain').flatMap(module => problemsOf(module))
