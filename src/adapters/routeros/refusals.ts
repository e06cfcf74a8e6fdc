import { type ErrorKind, StorageError } from '../../domain/errors.ts'
import { LinkError, TrapError } from './transport.ts'

/**
 * What a refusal's text means. Hardly one of these texts has been captured on a device, so they are matched broadly, the
 * first that fits counts, and whoever has to be sure reads the state again instead.
 */
const MEANINGS: readonly (readonly [text: RegExp, kind: ErrorKind, advice?: string])[] = [
  [/no such item/i, 'not-found'],
  [/no such (file|directory)|directory (does not|doesn't) exist/i, 'unavailable', 'the folder is not there'],
  [/permission|not allowed|polic(y|ies)/i, 'precondition', "the user's group needs the policies api, read and write"],
  [/no(t enough|t sufficient)? (free )?(space|room)|insufficient|out of space|(disk|device) (is )?full/i, 'exhausted'],
  [/in use|busy|stop using/i, 'precondition', 'something on the appliance still uses it'],
  [/already|duplicate|exists/i, 'conflict'],
  [
    // As the API and REST say it, and as the console does.
    /unknown parameter|no such command|bad (parameter|command name)|syntax error|expected end of command/i,
    'unsupported',
    'RouterOS 7.21 or newer with the package rose-storage is needed',
  ],
  [/not supported|can(no|')?t be (changed|reduced|resized)|can not be/i, 'unsupported'],
  [/time-?out|interrupted|try again|not ready|not mounted|not running/i, 'unavailable'],
]

/** The kind of error that a refusal is by its text; `internal` where the text tells nothing. */
export function kindOf(trap: TrapError): ErrorKind {
  return MEANINGS.find(([text]) => text.test(trap.message))?.[1] ?? 'internal'
}

/** The error for a refusal, with the device's own words. */
export function refusal(what: string, trap: TrapError, kind: ErrorKind = kindOf(trap)): StorageError {
  const advice = MEANINGS.find(([text, meant]) => meant === kind && text.test(trap.message))?.[2]
  const hint = advice === undefined ? '' : `; ${advice}`
  return new StorageError(kind, `the appliance refused to ${what}: ${trap.message}${hint}`, { cause: trap })
}

/** As `refusal`, where the item is there although the device said that it is not. */
export function refused(what: string, trap: TrapError): StorageError {
  return kindOf(trap) === 'not-found' ? refusal(what, trap, 'unavailable') : refusal(what, trap)
}

/** What a failed command is to the outside: `unavailable` for the link, the trap's meaning for a refusal, else as it is. */
export function outward(what: string, error: unknown): unknown {
  if (error instanceof TrapError) return refusal(what, error)
  if (error instanceof LinkError) {
    return new StorageError('unavailable', `cannot ${what}: ${error.message}`, { cause: error })
  }
  return error
}
