import { type DescEnum, type DescField, type DescMessage, getOption, type Message } from '@bufbuild/protobuf'
import { isReflectMessage, type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { csi_secret } from './gen/csi/v1/csi_pb.ts'

/** A value that JSON can write. */
export type Printable = string | number | boolean | readonly Printable[] | { readonly [key: string]: Printable }

const SECRET = '***'
const LONGEST_TEXT = 256
const LONGEST_MESSAGE = 8192
/** What names, quotes and commas around a value take, so that many empty values are bounded too. */
const PER_VALUE = 16

/** The set fields of a message under their proto names; whatever the interface marks `csi_secret` is `***`, at any depth. */
export function redact(schema: DescMessage, message: Message): Printable {
  return new Redaction().message(reflect(schema, message))
}

/** A text cut to what one log field holds. */
export const cut = (text: string, longest: number = LONGEST_TEXT): string =>
  text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}… (${text.length} characters)`

/** Walks one message and stops taking more in where the whole would get too long for a log line. */
class Redaction {
  #room = LONGEST_MESSAGE

  message(message: ReflectMessage): Printable {
    const set = message.fields.filter(field => message.isSet(field))
    return Object.fromEntries(set.map(field => [field.name, this.#field(message, field)]))
  }

  #field(message: ReflectMessage, field: DescField): Printable {
    if (getOption(field, csi_secret)) return SECRET
    if (field.fieldKind === 'list') return this.#list([...message.get(field)], field.enum)
    if (field.fieldKind === 'map') return this.#map([...message.get(field)], field.enum)
    return this.#value(message.get(field), field.enum)
  }

  #list(values: readonly unknown[], enumeration: DescEnum | undefined): Printable {
    const shown = this.#whileRoom(values, value => this.#value(value, enumeration))
    return shown.length < values.length ? [...shown, `… ${values.length - shown.length} more`] : shown
  }

  #map(entries: readonly (readonly [unknown, unknown])[], enumeration: DescEnum | undefined): Printable {
    const shown = this.#whileRoom(entries, ([key, value]): [string, Printable] => [
      this.#text(String(key)),
      this.#value(value, enumeration),
    ])
    const rest: [string, Printable][] = shown.length < entries.length ? [['…', entries.length - shown.length]] : []
    return Object.fromEntries([...shown, ...rest])
  }

  #whileRoom<In, Out>(values: readonly In[], show: (value: In) => Out): readonly Out[] {
    const shown: Out[] = []
    for (const value of values) {
      if (this.#room <= 0) break
      this.#room -= PER_VALUE
      shown.push(show(value))
    }
    return shown
  }

  #value(value: unknown, enumeration: DescEnum | undefined): Printable {
    if (isReflectMessage(value)) return this.message(value)
    if (value instanceof Uint8Array) return `${value.byteLength} bytes`
    if (typeof value === 'number') return enumeration?.value[value]?.name ?? value
    if (typeof value === 'boolean') return value
    return this.#text(String(value))
  }

  #text(text: string): string {
    const shown = cut(text, Math.max(0, Math.min(LONGEST_TEXT, this.#room)))
    this.#room -= shown.length
    return shown
  }
}
