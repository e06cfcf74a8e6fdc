const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6_ALPHABET = /^[0-9a-fA-F:.]{2,45}$/

/** True for an IPv4 or IPv6 address; names, networks and zones are none. */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (text.includes(':') && IPV6_ALPHABET.test(text) && URL.canParse(`http://[${text}]/`))
}

/** `192.0.2.1:4420`, `[2001:db8::1]:4420`. */
export const hostPort = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** The parts of `hostPort`, or undefined where the text is none. */
export function parseHostPort(text: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const address = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  return isIpAddress(address) && port >= 1 && port <= 65_535 ? { address, port } : undefined
}
