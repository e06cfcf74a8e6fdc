import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../scripts/bundle.ts'

const lines = (count: number, line: string): string => `${line}\n`.repeat(count)

/** Each file breaks one rule; the key is what the linter calls it. */
const PLANTED: Readonly<Record<string, string>> = {
  'eslint(max-lines)': lines(251, '//'),
  'eslint(max-lines-per-function)': `export function long(): void {\n${lines(40, '  //')}}\n`,
  'eslint(complexity)': `export function tangled(x: number): number {\n${lines(10, '  if (x > 1) x -= 1')}  return x\n}\n`,
  'eslint(max-params)': 'export const many = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e]\n',
  'eslint(no-console)': 'console.log(1)\n',
  'import(no-default-export)': 'export default 1\n',
  'typescript(no-explicit-any)': 'export const loose = (x: any): unknown => x\n',
  'typescript(no-non-null-assertion)': 'export const sure = (x?: string): string => x!\n',
  'typescript(no-floating-promises)': 'export const lost = (x: Promise<void>): void => {\n  x\n}\n',
  'typescript(no-misused-promises)': 'export const always = (x: Promise<void>): number => (x ? 1 : 2)\n',
  'typescript(switch-exhaustiveness-check)':
    "export function part(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n  return 2\n}\n",
}

interface Diagnostic {
  readonly code: string
  readonly filename: string
}

describe('the linter', () => {
  let folder = ''
  let found: readonly Diagnostic[] = []
  const fileFor = (rule: string): string => `src/app/${rule.replaceAll(/[^a-z]+/g, '-')}x.ts`

  const plant = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rds-csi-limits-'))
    for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(root, file), join(folder, file))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const [rule, text] of Object.entries(PLANTED)) plant(fileFor(rule), text)
    plant('src/app/good.ts', 'export const good = 1\n')
    plant('src/adapters/csi/gen/csi/v1/csi_pb.ts', lines(5000, '//'))
    const args = ['--type-aware', '--format=json', 'src']
    const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'oxlint'), args, { cwd: folder, encoding: 'utf8' })
    found = (JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] }).diagnostics
  }, 60_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const codesIn = (path: string): readonly string[] =>
    found.filter(({ filename }) => filename === path).map(({ code }) => code)

  for (const rule of Object.keys(PLANTED))
    test(`enforces ${rule}`, () => {
      expect(codesIn(fileFor(rule))).toContain(rule)
    })

  test('has nothing to say about a good file, and leaves generated ones out', () => {
    expect(codesIn('src/app/good.ts')).toEqual([])
    expect(codesIn('src/adapters/csi/gen/csi/v1/csi_pb.ts')).toEqual([])
  })
})
