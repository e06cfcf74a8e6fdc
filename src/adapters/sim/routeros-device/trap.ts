import type { DeviceSwitches } from './switches.ts'

/** Trap categories of the manual that the model uses. */
export const CATEGORY = { missing: 0, argument: 1, interrupted: 2, general: 4, api: 5 } as const

/** A command refused by the device: `!trap`, then `!done`. */
export class Trap extends Error {
  readonly category: number | undefined

  constructor(message: string, category?: number) {
    super(message)
    this.name = 'Trap'
    this.category = category
  }
}

/** Refusals whose text nobody has captured on a device, with what other drivers assume. */
const GUESSED = {
  duplicateSlot: 'failure: already have such entry',
  duplicateNqn: 'failure: already have such nqn',
  duplicateFile: 'failure: file already exists',
  noSpace: 'failure: not enough space',
  missingDirectory: 'failure: no such file or directory',
  fileInUse: 'failure: file is in use',
  diskInUse: 'failure: disk is in use',
  directoryNotEmpty: 'failure: directory is not empty',
  shrink: 'failure: file size can not be reduced',
  growth: 'failure: file size can not be changed',
  unknownTag: 'failure: no such tag',
  duplicateSubvolume: 'failure: already have such subvolume',
  nestedSubvolumes: 'failure: subvolume has subvolumes',
  readOnly: 'failure: read-only file system',
  notMounted: 'failure: disk is not mounted',
  copyTooLarge: 'failure: destination is too small',
  notModelled: 'failure: not supported by this device',
} as const

/** Name of a refusal whose text is unknown. */
export type UnknownRefusal = keyof typeof GUESSED

/** Builds the traps of a device in the wording that its switches choose. */
export class Traps {
  readonly #switches: () => DeviceSwitches

  constructor(switches: () => DeviceSwitches) {
    this.#switches = switches
  }

  /** A refusal whose text is unknown; its category is, too, so it carries none. */
  refused(refusal: UnknownRefusal): Trap {
    return this.#trap(this.#switches().unknownTexts === 'guessed' ? GUESSED[refusal] : 'failure: execution error')
  }

  /** Texts of the manual. */
  compression(): Trap {
    return this.#trap('compression only available for btrfs')
  }

  alreadyHaveEntry(): Trap {
    return this.#trap('failure: already have such entry')
  }

  couldNotUnmount(): Trap {
    return this.#trap('could not unmount, stop using it first')
  }

  /** Texts seen by many clients; the category is present only for some traps (manual). */
  noSuchItem(): Trap {
    const { noSuchItemText, noSuchItemCategory } = this.#switches()
    const text = noSuchItemText === 'plain' ? 'no such item' : 'no such item (4)'
    return new Trap(text, noSuchItemCategory === 'present' ? CATEGORY.missing : undefined)
  }

  noSuchCommand(): Trap {
    const { unknownCommandText } = this.#switches()
    const tail = { command: '', prefix: ' prefix', directory: ' or directory' }[unknownCommandText]
    return this.#trap(`no such command${tail}`, CATEGORY.missing)
  }

  /** RouterOS 7: `unknown parameter X` (seen by many clients). */
  unknownParameter(name: string): Trap {
    return this.#trap(`unknown parameter ${name}`)
  }

  invalidValue(name: string): Trap {
    return this.#trap(`invalid value for argument ${name}`, CATEGORY.argument)
  }

  noMatch(name: string): Trap {
    return this.#trap(`input does not match any value of ${name}`, CATEGORY.argument)
  }

  missing(name: string): Trap {
    return this.#trap(`missing =${name}=`)
  }

  interrupted(): Trap {
    return new Trap('interrupted', CATEGORY.interrupted)
  }

  notPermitted(): Trap {
    return this.#trap('not enough permissions (9)')
  }

  /** REST without the policy `api`, or `/system/resource` there without `test` (seen on 7.2x). */
  notAllowed(): Trap {
    return this.#trap('std failure: not allowed (9)')
  }

  #trap(message: string, category?: number): Trap {
    const { trapCategory } = this.#switches()
    if (trapCategory === 'none') return new Trap(message)
    return new Trap(message, trapCategory === 'all' ? (category ?? CATEGORY.general) : category)
  }
}
