import { BlockList, isIP } from 'node:net'

/** Whether an address lies in `10.0.0.1`, `10.0.0.0/24` or `10.0.0.1-10.0.0.9`. */
export function addressMatches(pattern: string, address: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  const [first = '', second] = pattern.split(pattern.includes('/') ? '/' : '-')
  if (isIP(first) !== isIP(address)) return false
  if (second === undefined) list.addAddress(first, family)
  else if (pattern.includes('/')) list.addSubnet(first, Number(second), family)
  else list.addRange(first, second, family)
  return list.check(address, family)
}

/** Whether a text is such a pattern. */
export function isAddressPattern(text: string): boolean {
  const [first = '', second] = text.split(text.includes('/') ? '/' : '-')
  if (isIP(first) === 0) return false
  if (second === undefined) return true
  if (!text.includes('/')) return isIP(second) === isIP(first)
  return /^\d{1,3}$/.test(second) && Number(second) <= (isIP(first) === 6 ? 128 : 32)
}

/** Whether a port is among `4420,4500-4599`. */
export function portMatches(pattern: string, port: number): boolean {
  return pattern.split(',').some(part => {
    const [from, to = from] = part.split('-').map(Number)
    return from !== undefined && to !== undefined && port >= from && port <= to
  })
}

/** Whether a text is a list of ports. */
export function isPortPattern(text: string): boolean {
  return /^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$/.test(text)
}
