/** One way in which a request can be wrong: what, the fields that make it so, the code, and what the message names. */
export type Row<Request> = readonly [what: string, wrong: Partial<Request>, code: string, names: RegExp]

/** What no path may be, whatever it is for. */
export const badPaths: readonly (readonly [what: string, path: string])[] = [
  ['empty', ''],
  ['with ..', '/var/lib/../../etc'],
  ['ending in ..', '/var/lib/..'],
  ['with a newline', '/var/lib\n/x'],
  ['with a NUL', '/var/lib/\0x'],
  ['too long', `/${'x'.repeat(4095)}`],
  ['the root', '/'],
  ['the root in disguise', '//./'],
]

/** What no id or name may be. */
export const badTexts: readonly (readonly [what: string, text: string])[] = [
  ['empty', ''],
  ['too long', 'x'.repeat(300)],
  ['with a newline', 'pvc-a\n/disk/remove'],
  ['with a NUL', 'pvc-a\0'],
  ['with an escape sequence', 'pvc-\u001b[2J'],
  ['with a line separator', 'pvc-\u2028'],
]

export const badTextRows = <K extends string>(
  field: K,
  names: RegExp,
): readonly (readonly [string, Partial<Record<K, string>>, string, RegExp])[] =>
  badTexts.map(([what, text]) => [
    `${field} ${what}`,
    { [field]: text } as Record<K, string>,
    'INVALID_ARGUMENT',
    names,
  ])

export const badPathRows = <K extends string>(
  field: K,
  names: RegExp,
): readonly (readonly [string, Partial<Record<K, string>>, string, RegExp])[] =>
  badPaths.map(([what, path]) => [
    `${field} ${what}`,
    { [field]: path } as Record<K, string>,
    'INVALID_ARGUMENT',
    names,
  ])
