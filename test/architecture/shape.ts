import { descend, GENERATED, type Module, type Rule } from './module.ts'

const LONGEST = 250
const MEDIAN_BELOW = 80

const written = (modules: readonly Module[]): readonly Module[] =>
  modules.filter(({ path }) => !path.startsWith(GENERATED))

/** The middle length; of two middle ones the greater. */
export function median(modules: readonly Module[]): number {
  const lengths = written(modules)
    .map(({ lines }) => lines)
    .toSorted((a, b) => a - b)
  return lengths[Math.floor(lengths.length / 2)] ?? 0
}

/** Rule 4 of the design: no file is long. */
export const noFileIsLong: Rule = modules =>
  written(modules)
    .filter(({ lines }) => lines > LONGEST)
    .map(({ path, lines }) => `${path}: ${lines} lines, ${LONGEST} are allowed`)

/** Rule 4 of the design: most files are short. */
export const mostFilesAreShort: Rule = modules => {
  const middle = median(modules)
  return middle < MEDIAN_BELOW ? [] : [`src: the median file has ${middle} lines, it has to be below ${MEDIAN_BELOW}`]
}

const UNWANTED: Readonly<Record<string, string>> = {
  TSEnumDeclaration: 'an enum',
  TSModuleDeclaration: 'a namespace',
  ExportDefaultDeclaration: 'a default export',
  TSExportAssignment: 'a default export',
  TSParameterProperty: 'a parameter property',
  Decorator: 'a decorator',
}

function exportsDefaultByName({ type, ...node }: { readonly type: string; readonly [key: string]: unknown }): boolean {
  const name = type === 'ExportSpecifier' ? node['exported'] : undefined
  return typeof name === 'object' && name !== null && 'name' in name && name.name === 'default'
}

/** Rule 4 of the design: forms that we do without. */
export const unwantedFormsAreAbsent: Rule = modules =>
  written(modules).flatMap(({ path, program }) => {
    const found = new Set<string>()
    for (const [node] of descend(program)) {
      const unwanted = exportsDefaultByName(node) ? 'a default export' : UNWANTED[node.type]
      if (unwanted !== undefined) found.add(unwanted)
    }
    return [...found].map(unwanted => `${path}: has ${unwanted}`)
  })

/** Files are named after the main thing inside, in kebab-case. */
export const namesAreKebabCase: Rule = modules =>
  written(modules)
    .filter(({ path }) => !/^src\/(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*(?:\.module)?\.ts$/.test(path))
    .map(({ path }) => `${path}: is no kebab-case name of a .ts file`)
