/**
 * The console knows bytes, not characters: `\C3\A9` in a string is one letter. Inside the console every text is therefore
 * a byte text, one character of U+0000..U+00FF per byte; it becomes text again on its way to the model.
 */
export function toByteText(text: string): string {
  if (isPlain(text)) return text
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The text that a byte text means; bytes that are no UTF-8 become U+FFFD, as the model keeps text. */
export function fromByteText(bytes: string): string {
  if (isPlain(bytes)) return bytes
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Most text is ASCII alone, and the same either way. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text)
}
