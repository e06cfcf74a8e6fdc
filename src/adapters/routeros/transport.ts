/** One row of a reply: property names and their values, as the device wrote them. */
export type ReplyRow = ReadonlyMap<string, string>

/** One command in RouterOS' own terms. What it means for a volume is the business of those who send it. */
export interface DeviceCommand {
  /** Menu and command, such as `/disk/add`. */
  readonly path: string
  readonly args?: Readonly<Record<string, string>>
  /** Only rows of which at least one of these properties has this very value; all rows where it is absent. */
  readonly anyOf?: readonly (readonly [property: string, value: string])[]
  /** The properties to be told; all where it is absent. */
  readonly properties?: readonly string[]
  /**
   * Hears the rows of a command that tells how far it is, as each comes. Such a command takes as long as it takes: not its
   * length but silence is what ends the wait.
   */
  readonly progress?: (row: ReplyRow) => void
}

export interface DeviceReply {
  readonly rows: readonly ReplyRow[]
  /** The value of an `add`, its `.id`. */
  readonly ret: string | undefined
}

/**
 * The way to the appliance. Transports know nothing of volumes. Every wait has a deadline.
 *
 * `run` rejects with a `TrapError` where the device refused, a `LinkError` where it could not be asked or its answer did
 * not come, and the signal's reason where that aborted. Where no answer came the command may still have its effect: `over`
 * is aborted as soon as it can have none any more. It was never sent then, the device has answered it in full, however
 * late, or the time has passed that a command may take. How long one with `progress` may take nobody knows: whoever gave
 * that up has to look, also afterwards.
 *
 * A command that not every transport could carry to the letter is refused as `invalid` before anything is sent.
 */
export interface Transport {
  /** Sends one command and waits for its whole reply. Commands may overlap; the first one opens the link. */
  run(command: DeviceCommand, signal: AbortSignal, over?: AbortController): Promise<DeviceReply>
  /** Whether commands with `progress` can be run; otherwise they are refused before anything is sent. */
  readonly streams: boolean
  /** Whether the link is there, from memory. */
  readonly connected: boolean
  /** How many times the link has come about so far, from memory: after each one the device may have been restarted. */
  readonly made: number
  /** Ends the link and every wait for good. */
  close(): Promise<void>
}

/** The device refused a command: its text, and the category that it gives for some refusals. */
export class TrapError extends Error {
  override readonly name = 'TrapError'
  /** 0 missing item or command, 1 argument value, 2 interrupted, 3 scripting, 4 general, 5 API, 6 TTY, 7 :return value. */
  readonly category: number | undefined

  constructor(message: string, category?: number) {
    super(message)
    this.category = category
  }
}

export type LinkFailure = 'not-connected' | 'lost' | 'timeout'

/** The device could not be asked, or did not answer. */
export class LinkError extends Error {
  override readonly name = 'LinkError'
  readonly failure: LinkFailure
  /** True where the command had been sent: what the device made of it has to be asked. */
  readonly unclear: boolean

  constructor(failure: LinkFailure, unclear: boolean, message: string, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
    this.unclear = unclear
  }
}
