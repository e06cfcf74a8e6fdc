import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

/** A document of the project. */
export interface Document {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

export const readDocument = (path: string): Document => ({ path, text: readFileSync(join(root, path), 'utf8') })

/** Every document: those at the root, and all below `docs`. */
export function allDocuments(): readonly Document[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => join('docs', name))
  const paths = [...readdirSync(root), ...below].filter(path => path.endsWith('.md'))
  return paths.toSorted().map(path => readDocument(relative('.', path)))
}

/** The part below a heading, up to the next one of its level or above. */
export function section({ path, text }: Document, heading: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex(line => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`)
  const level = /^#+/.exec(lines[start]!)![0].length
  const length = lines.slice(start + 1).findIndex(line => (/^(#+) /.exec(line)?.[1]?.length ?? 99) <= level)
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n')
}

/** The rows of all tables in a text, head and rule left out: their cells, trimmed. */
export function rows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  const isTable = (line: string | undefined): boolean => line?.startsWith('|') === true
  const isRule = (line: string | undefined): boolean => /^\|(?: *:?-+:? *\|)+$/.test(line ?? '')
  return lines
    .filter((line, index) => isTable(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map(line =>
      line
        .slice(1, -1)
        .split('|')
        .map(cell => cell.trim()),
    )
}

/** The text in backticks, or undefined where a cell is not just that. */
export const literal = (cell: string | undefined): string | undefined => /^`([^`]*)`$/.exec(cell ?? '')?.[1]

/** All texts in backticks. */
export const literals = (text: string): readonly string[] => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!)

/** Lines of fenced blocks; lines that end with a backslash are joined with the next one. */
export function fencedLines(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^ *```[^\n]*\n([\s\S]*?)^ *```/gm)].map(([, block]) => block!)
  return blocks.flatMap(block => block.replaceAll(/\\\n\s*/g, '').split('\n')).map(line => line.trim())
}

/** The text without its fenced blocks. */
export const withoutFences = (text: string): string => text.replaceAll(/^ *```[^\n]*\n[\s\S]*?^ *```/gm, '')

/** In one order, so that two lists can be compared. */
export const sorted = (names: Iterable<string | undefined>): readonly string[] => Array.from(names, String).toSorted()
