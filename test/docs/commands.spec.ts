import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ADOPT, CONTROLLER, DOCTOR, NODE } from '../../src/config/flags.ts'
import { USAGE } from '../../src/usage.ts'
import { allDocuments, type Document, fencedLines, literals, root, withoutFences } from './document.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const targets = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, target]) => target!))
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts)
const programs = ['help', ...[...USAGE.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, program]) => program!)]

const FLAGS: Readonly<Record<string, object>> = { controller: CONTROLLER, node: NODE, doctor: DOCTOR, adopt: ADOPT }

/** A program that is called; `-n rds-csi` is a namespace. */
const CALL = /(?:(?<!-n )\brds-csi|src\/(?:driver|simulators)\.ts) ([a-z][a-z-]*)/g
const calls = (line: string): readonly string[] => [...line.matchAll(CALL)].map(([, name]) => name!)

/** Everything in a document that is written as code. */
const codeOf = ({ text }: Document): readonly string[] => [...fencedLines(text), ...literals(withoutFences(text))]

const named = (document: Document, pattern: RegExp): readonly string[] =>
  codeOf(document).flatMap(code => [...code.matchAll(pattern)].map(([, name]) => name!))

describe.each(allDocuments().map(document => [document.path, document] as const))('%s', (_, document) => {
  it('names make targets that exist', () => {
    expect(named(document, /^make ([a-z-]+)/g).filter(name => !targets.has(name))).toEqual([])
  })

  it('names npm scripts that exist', () => {
    expect(named(document, /\b(?:npm run|node --run) ([a-z:-]+)/g).filter(name => !scripts.includes(name))).toEqual([])
  })

  it('names programs that exist', () => {
    const called = named(document, CALL)
    expect(called.filter(name => !programs.includes(name))).toEqual([])
  })

  it('gives the programs of the driver flags that exist', () => {
    const wrong = codeOf(document).flatMap(line => {
      const program = calls(line).find(name => name in FLAGS)
      const known = { ...FLAGS[program ?? ''], help: undefined }
      const flags = program === undefined ? [] : [...line.matchAll(/ --([a-z-]+)/g)].map(([, flag]) => flag!)
      return flags.filter(flag => !(flag in known))
    })
    expect(wrong).toEqual([])
  })
})

describe('what the documents name', () => {
  it('is found where it is', () => {
    const all = (pattern: RegExp) => allDocuments().flatMap(document => named(document, pattern))
    expect(all(/^make ([a-z-]+)/g)).toContain('demo')
    expect(all(/\bnpm run ([a-z:-]+)/g)).toContain('generate')
    expect(all(CALL)).toContain('simulate-device')
    expect(programs).toContain('simulate-cluster')
  })
})
