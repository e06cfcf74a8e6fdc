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

/** What no VolumeAttributesClass may say. */
export const mutableRows: readonly Row<{ readonly mutableParameters: Record<string, string> }>[] = [
  ['a parameter that cannot be changed', { iops: '9' }, /"iops" is unknown or cannot be changed; known is note/],
  ['a parameter without a name', { '': 'x' }, /parameter "" is unknown/],
  ['a parameter with a newline in its name', { 'note\n': 'x' }, /parameter "note\\n" is unknown/],
  ['a note that is too long', { note: 'x'.repeat(129) }, /note has 129 characters: at most 128/],
  ['a note with a newline', { note: 'a\n=.id=*1' }, /note may have printable ASCII/],
  ['a note with a NUL', { note: 'a\0' }, /note may have printable ASCII/],
  ['a note in another alphabet', { note: 'Grüße' }, /note may have printable ASCII/],
  ['several mistakes, all of them', { a: '1', note: 'ü' }, /"a" is unknown.*; .*note may/],
].map(
  ([what, mutableParameters, names]) =>
    [
      what,
      { mutableParameters },
      'INVALID_ARGUMENT',
      new RegExp(`^mutable_parameters: .*${(names as RegExp).source}`),
    ] as Row<{
      readonly mutableParameters: Record<string, string>
    }>,
)

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
