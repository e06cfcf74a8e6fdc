/** A login name taken apart. */
export interface LoginName {
  readonly user: string
  /** Columns that the console is told to have; absent: it is not told. */
  readonly width?: number
}

/**
 * Takes the parameters of the console off a login name (manual, "Console login options"): behind the last `+` letters,
 * each with a number before it or none: `c` no colours, `t` no detection of the terminal, `w` its width, `h` its height.
 */
export function parseLoginName(text: string): LoginName {
  const [, user, options] = /^(.*)\+((?:\d*[a-z])+)$/.exec(text) ?? []
  if (user === undefined || options === undefined) return { user: text }
  const width = Number(/(\d+)w/.exec(options)?.[1] ?? 0)
  return width > 0 ? { user, width } : { user }
}
