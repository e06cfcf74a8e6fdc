import type { Uuid } from '../../domain/ids.ts'

/** Base 32 of RFC 4648 in lower case, without padding. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
/** Values of characters by their codes. */
const VALUES: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = ALPHABET.indexOf(String.fromCharCode(code))
  return value < 0 ? undefined : value
})
/** 16 bytes are 128 bits: 25 characters of 5 bits and one of 3, which has two zero bits more. */
const LENGTH = 26
const BYTES = 16

/** The 26 characters of a UUID. */
export function base32Of(uuid: Uuid): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of Buffer.from(uuid.replaceAll('-', ''), 'hex')) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 5) {
      held -= 5
      text += ALPHABET[(bits >> held) & 31] ?? ''
    }
    bits &= (1 << held) - 1
  }
  return text + (ALPHABET[(bits << (5 - held)) & 31] ?? '')
}

/** The UUID, or undefined for what `base32Of` does not write: two spellings never mean one UUID. */
export function uuidOfBase32(text: string): Uuid | undefined {
  if (text.length !== LENGTH) return undefined
  const bytes = Buffer.alloc(BYTES)
  let at = 0
  let bits = 0
  let held = 0
  for (let index = 0; index < LENGTH; index += 1) {
    const value = VALUES[text.charCodeAt(index)]
    if (value === undefined) return undefined
    bits = (bits << 5) | value
    held += 5
    if (held >= 8) {
      held -= 8
      bytes[at] = bits >> held
      at += 1
      bits &= (1 << held) - 1
    }
  }
  return bits === 0 ? (dashed(bytes.toString('hex')) as Uuid) : undefined
}

const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
