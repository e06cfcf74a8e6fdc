import type { DeviceCommand } from '../transport.ts'

/**
 * The body of the POST that runs a command. Only POST tells why a value was refused: PATCH and DELETE say "missing or
 * invalid resource identifier" of it (captured on 7.24).
 */
export function requestBody({ args = {}, anyOf = [], properties }: DeviceCommand): string {
  const query = anyOf.map(([property, value]) => `${property}=${value}`)
  // As over the binary API: a stack of which the last n are or-ed.
  if (anyOf.length > 1) query.push(`#${'|'.repeat(anyOf.length - 1)}`)
  return JSON.stringify({
    ...args,
    ...(properties && { '.proplist': properties }),
    ...(query.length > 0 && { '.query': query }),
  })
}

/** Where a command is posted to. Paths are plain words: there is nothing in them to be escaped. */
export const requestPath = (command: DeviceCommand): string => `/rest${command.path}`
