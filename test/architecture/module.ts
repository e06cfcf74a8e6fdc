import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type ParseResult, parseSync, visitorKeys } from 'oxc-parser'

/** A node of the syntax tree; what else it has depends on its type. */
export interface SyntaxNode {
  readonly type: string
  readonly [key: string]: unknown
}

export interface Import {
  /** As written. */
  readonly specifier: string
  /** A path from the checkout's root for a relative import, else the package's name or `node:…`. */
  readonly target: string
  /** Erased before the program runs. */
  readonly typeOnly: boolean
}

/** A source file as the rules see it. */
export interface Module {
  /** From the checkout's root, with `/`. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly program: SyntaxNode
}

/** A rule names each break as `<path>: <what is wrong>`. */
export type Rule = (modules: readonly Module[]) => readonly string[]

export const GENERATED = 'src/adapters/csi/gen/'

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

/** The node itself and all below it, each with the nodes above it, the nearest first. */
export function* descend(
  node: SyntaxNode,
  above: readonly SyntaxNode[] = [],
): Generator<readonly [SyntaxNode, readonly SyntaxNode[]]> {
  yield [node, above]
  const path = [node, ...above]
  for (const key of visitorKeys[node.type] ?? [])
    for (const child of [node[key]].flat()) if (isNode(child)) yield* descend(child, path)
}

function targetOf(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier)
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const literal = (node: unknown): string =>
  isNode(node) && node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : '<computed>'

/** What a node imports, with how, if it imports at all. A `type` on single names does not erase the import. */
function importOf(node: SyntaxNode): Omit<Import, 'target'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: literal(node['source']), typeOnly: node['importKind'] === 'type' }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!isNode(node['source'])) return undefined
      return { specifier: literal(node['source']), typeOnly: node['exportKind'] === 'type' }
    case 'ImportExpression':
      return { specifier: literal(node['source']), typeOnly: false }
    case 'TSImportType':
      return { specifier: literal(node['source']), typeOnly: true }
    case 'TSExternalModuleReference':
      return { specifier: literal(node['expression']), typeOnly: false }
    default:
      return isRequire(node) ? { specifier: literal([node['arguments']].flat()[0]), typeOnly: false } : undefined
  }
}

function isRequire(node: SyntaxNode): boolean {
  const callee = node.type === 'CallExpression' ? node['callee'] : undefined
  return isNode(callee) && callee.type === 'Identifier' && callee['name'] === 'require'
}

function refuseErrors(path: string, { errors }: ParseResult): void {
  const [first] = errors
  if (first !== undefined) throw new Error(`${path} can't be parsed: ${first.message}`)
}

/** Parses one file. Throws where it is no TypeScript. */
export function parseModule(path: string, text: string): Module {
  const parsed = parseSync(path, text)
  refuseErrors(path, parsed)
  const program = parsed.program as unknown as SyntaxNode
  const imports: Import[] = []
  for (const [node] of descend(program)) {
    const found = importOf(node)
    if (found !== undefined) imports.push({ ...found, target: targetOf(path, found.specifier) })
  }
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, program }
}

/** Every source file under `src`, generated ones included, in the order of their paths. */
export function readModules(root: string): readonly Module[] {
  const paths = globSync('src/**/*.{ts,mts,cts,tsx,js,mjs,cjs}', { cwd: root }).map(path => path.replaceAll('\\', '/'))
  return paths.toSorted().map(path => parseModule(path, readFileSync(join(root, path), 'utf8')))
}
