import type { DeviceSwitches } from '../switches.ts'
import type { Trap } from '../trap.ts'
import { RestError } from './rest-answer.ts'

/** The user's group lacks what every request needs. */
export const isNotAllowed = ({ message }: Trap): boolean => message === 'std failure: not allowed (9)'

export const isNoSuchItem = ({ message }: Trap): boolean => /^no such item\b/.test(message)

/** The user's group lacks what this command needs. */
const isNotPermitted = ({ message }: Trap): boolean => message === 'not enough permissions (9)'

/** What a trap becomes over HTTP (manual, "Troubleshoot REST requests"): missing rights 500, unknown ids 404, others 400. */
export function refusal(trap: Trap, switches: DeviceSwitches): RestError {
  if (isNotAllowed(trap) || isNotPermitted(trap)) return new RestError(500, trap.message)
  if (isNoSuchItem(trap) && switches.restUnknownId === '404') return new RestError(404)
  return new RestError(400, trap.message)
}
