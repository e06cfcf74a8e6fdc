import { badRequest } from './status.ts'

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

const KEY = String.raw`[A-Za-z0-9][-A-Za-z0-9_./]*`
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`)
const EQUAL = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`)
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`)

function splitTop(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map(part => part.trim())
}

function setRequirement([, key = '', operator, values = '']: RegExpExecArray): Requirement {
  const wanted = new Set(values.split(',').map(value => value.trim()))
  const negated = operator === 'notin'
  return labels => (labels[key] !== undefined && wanted.has(labels[key])) !== negated
}

function equalRequirement([, key = '', operator, value = '']: RegExpExecArray): Requirement {
  const negated = operator === '!='
  return labels => (labels[key] === value) !== negated
}

function existsRequirement([, negation, key = '']: RegExpExecArray): Requirement {
  return labels => (labels[key] === undefined) === (negation === '!')
}

function parseRequirement(text: string): Requirement {
  const set = SET.exec(text)
  if (set !== null) return setRequirement(set)
  const equal = EQUAL.exec(text)
  if (equal !== null) return equalRequirement(equal)
  const exists = EXISTS.exec(text)
  if (exists !== null) return existsRequirement(exists)
  throw badRequest(`unable to parse requirement: found '${text}'`)
}

/**
 * Reads a label selector: `a=b`, `a==b`, `a!=b`, `a`, `!a`, `a in (x,y)`, `a notin (x,y)`, joined by commas; all must hold.
 * `!=` and `notin` hold for objects without the label. Throws ApiError 400 for anything else.
 */
export function parseLabelSelector(text: string): (labels: Labels | undefined) => boolean {
  if (text.trim() === '') return () => true
  const requirements = splitTop(text).map(parseRequirement)
  return labels => requirements.every(holds => holds(labels ?? {}))
}
