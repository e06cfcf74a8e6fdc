import { type Printed, replyOf } from './console-reply.ts'
import { TrapError } from '../transport.ts'

/** Prints the release, such as `7.24.4 (stable)`, on every release. */
export const VERSION_LINE = ':put [/system/resource/get version]'
/** `json.no-string-conversion`, without which texts that look like numbers come as rounded ones, is there from here on. */
const NEEDED = [7, 17] as const

/** Throws where the release that the device printed has no exact JSON, or where it printed none. */
export function requireExactJson(printed: Printed): void {
  const text = printed.stdout.trim()
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? []
  if (major === undefined || minor === undefined || printed.code !== 0) throw refusalOf(printed)
  const isNewer = Number(major) > NEEDED[0]
  if (isNewer || (Number(major) === NEEDED[0] && Number(minor) >= NEEDED[1])) return
  throw new Error(`RouterOS ${text} cannot print exact values over SSH: ${NEEDED.join('.')} or newer is needed`)
}

function refusalOf(printed: Printed): Error {
  try {
    replyOf(printed, 'nothing')
  } catch (error) {
    if (!(error instanceof TrapError)) return error as Error
    return new Error(
      `the device does not tell its release: ${error.message}; the group needs the policies ssh and read`,
    )
  }
  return new Error('the device does not tell its release: is it RouterOS?')
}
