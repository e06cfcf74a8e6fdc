/** What means something within quotes on RouterOS' console, or would end the line, and how it is written there. */
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  $: '\\$',
  '?': '\\?',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/**
 * A text as one word of the console (manual, "Scripting", constant escape sequences): within quotes nothing but a quote, a
 * backslash and a dollar means anything; a question mark asks for help on older releases. Takes what `requirePlain` takes.
 */
export const quoted = (text: string): string =>
  `"${text.replaceAll(/["\\$?\n\r\t]/g, character => ESCAPES[character] ?? character)}"`
