import { StorageError } from '../../domain/errors.ts'
import type { DeviceCommand } from './transport.ts'

const PATH = /^(\/[a-z0-9-]+)+$/
const NAME = /^\.?[a-z][a-z0-9.-]*$/
/** What each of the three wires is known to carry to the letter. Other text than ASCII was never tried on a device. */
const FOREIGN = /[^\t\n\r\x20-\x7e]/

/**
 * Throws `invalid` for a command that one of the transports might not carry to the letter: so each of them takes the same
 * commands, and no value gets as far as a place where it could be more than a value.
 */
export function requirePlain(command: DeviceCommand): void {
  const problem = problemOf(command)
  if (problem !== undefined) throw new StorageError('invalid', problem)
}

function problemOf({ path, args = {}, anyOf = [], properties = [] }: DeviceCommand): string | undefined {
  if (!PATH.test(path)) return `${JSON.stringify(path)} is no command of the appliance`
  // A list would be several items at once.
  if (args['.id']?.includes(',') === true) return `${path}: .id cannot hold a comma`
  const values = [...Object.entries(args), ...anyOf]
  const names = [...values.map(([name]) => name), ...properties]
  const odd = names.find(name => !NAME.test(name))
  if (odd !== undefined) return `${JSON.stringify(odd)} is no property of the appliance`
  const foreign = values.find(([, value]) => FOREIGN.test(value))
  return foreign && `${path}: ${foreign[0]} cannot hold the character ${foreignIn(foreign[1])}`
}

/** The number of the first character that is foreign, since the value itself may be a secret. */
function foreignIn(value: string): string {
  const code = value.codePointAt(value.search(FOREIGN)) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
