import { textAt } from './json.ts'
import type { Kind } from './kind.ts'
import type { KubeObject } from './kube-object.ts'
import { badRequest } from './status.ts'

interface Term {
  readonly label: string
  readonly value: string
  readonly negated: boolean
}

const TERM = /^((?:[^\\=!,]|\\.)+?)(!=|==|=)((?:[^\\=,]|\\.)*)$/

function unescaped(value: string): string {
  return value.replaceAll(/\\([\\,=])/g, '$1')
}

function parseTerm(text: string): Term {
  const [, label, operator, value = ''] = TERM.exec(text) ?? []
  if (label === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`)
  return { label, value: unescaped(value), negated: operator === '!=' }
}

function storedPath(kind: Kind, label: string): string {
  const path = kind.fieldLabels[label]
  if (path !== undefined) return path
  throw badRequest(
    kind.namesItsFieldLabels
      ? `field label not supported: ${label}`
      : `"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}

/**
 * Reads a field selector for that kind: `label=value`, `==`, `!=`, joined by commas; all must hold. The predicate takes objects
 * in their stored form. Throws ApiError 400 for a label that the kind does not offer, as the API server does.
 */
export function parseFieldSelector(kind: Kind, text: string): (object: KubeObject) => boolean {
  if (text === '') return () => true
  const terms = text.split(/(?<!\\),/).map(part => parseTerm(part))
  const tests = terms.map(({ label, value, negated }) => ({ path: storedPath(kind, label), value, negated }))
  return object => tests.every(({ path, value, negated }) => (textAt(object, path) === value) !== negated)
}
