const PLAIN = /^[A-Za-z0-9._-]*$/
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Everything but letters, digits, dot, low line and dash as its UTF-8 bytes: nothing that could mean anything to RouterOS. */
export function encode(text: string): string {
  if (PLAIN.test(text)) return text
  return Array.from(Buffer.from(text, 'utf8'), byte => {
    const character = String.fromCharCode(byte)
    return PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/** What was encoded; undefined where the bytes are no UTF-8. Other spellings of a text do not encode back as they were. */
export function decode(text: string): string | undefined {
  if (PLAIN.test(text)) return text
  const bytes = Array.from(text.matchAll(/%([0-9A-F]{2})|./g), ([character, hex]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  )
  try {
    return strictUtf8.decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
