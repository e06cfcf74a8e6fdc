/** Where to listen; without a host on every address of the machine. */
export interface ListenAddress {
  readonly host: string | undefined
  readonly port: number
}

/** Reads `host:port`, `:port` or `[::]:port`; undefined where the text is none of these. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65_535) return undefined
  const host = match[1] ?? match[2]
  return { host: host === '' ? undefined : host, port }
}
