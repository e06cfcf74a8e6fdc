import { fromByteText, toByteText } from '../byte-text.ts'
import { textOf, type Value } from '../language/value.ts'

/**
 * `:serialize to=json`, as a byte text. Without `json.no-string-conversion` (7.17) texts that look like numbers turn into
 * floats, `1234.000000` (seen on CHR).
 */
export function serializeJson(value: Value, options: { readonly noStringConversion: boolean }): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return writeText(value, options.noStringConversion)
  if (typeof value !== 'object') return String(value)
  const inner = (item: Value): string => serializeJson(item, options)
  switch (value.kind) {
    case 'id':
      return quote(textOf(value))
    case 'list':
      return `[${value.items.map(inner).join(',')}]`
    case 'fields':
      return `{${Array.from(value.entries, ([name, item]) => `${quote(name)}:${inner(item)}`).join(',')}}`
  }
}

function writeText(text: string, noConversion: boolean): string {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text)
  return isNumber && !noConversion ? Number(text).toFixed(6) : quote(text)
}

function quote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`
  return toByteText(JSON.stringify(fromByteText(text)))
}
