import { randomInt } from 'node:crypto'
import type { FieldError } from './status.ts'

/** How a kind's names are checked. */
export type NameRule = 'subdomain' | 'label' | 'path-segment'

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const QUALIFIED = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const GENERATED_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const LONGEST_BASE = 58

const RULES: Readonly<Record<NameRule, { readonly wrong: (name: string) => boolean; readonly detail: string }>> = {
  subdomain: {
    wrong: name => name.length > 253 || !new RegExp(`^${SUBDOMAIN}$`).test(name),
    detail:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with" +
      ` an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
  },
  label: {
    wrong: name => name.length > 63 || !new RegExp(`^${LABEL}$`).test(name),
    detail:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with" +
      ` an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
  },
  'path-segment': {
    wrong: name => name === '.' || name === '..' || /[/%]/.test(name),
    detail: "may not be '.' or '..' and may not contain '/' or '%'",
  },
}

/** Why `name` is no name by that rule; empty when it is one. */
export function nameErrors(rule: NameRule, name: string, field: string): readonly FieldError[] {
  const { wrong, detail } = RULES[rule]
  return wrong(name) ? [{ type: 'FieldValueInvalid', field, value: name, detail }] : []
}

/** Why `name` is no qualified name (`prefix/Name`), as a reporting controller must be; empty when it is one. */
export function qualifiedNameErrors(name: string, field: string): readonly FieldError[] {
  if (QUALIFIED.test(name)) return []
  const detail =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  return [{ type: 'FieldValueInvalid', field, value: name, detail }]
}

/** The base cut to 58 characters and five random ones, as the API server makes names of `generateName`. */
export function generatedName(base: string): string {
  const suffix = Array.from({ length: 5 }, () => GENERATED_ALPHABET.charAt(randomInt(GENERATED_ALPHABET.length)))
  return `${base.slice(0, LONGEST_BASE)}${suffix.join('')}`
}
