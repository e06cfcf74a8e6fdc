/** Reads `host:port`, an IPv6 host in brackets; throws RangeError that says what is wrong. */
export function parseListenAddress(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || port > 65_535)
    throw new RangeError(`"${address}" is no address: give HOST:PORT, as 127.0.0.1:0 (port 0 takes a free one)`)
  return { host, port }
}
