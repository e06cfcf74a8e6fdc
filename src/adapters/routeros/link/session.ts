import type { DeviceCommand, DeviceReply } from '../transport.ts'

/** What becomes of a command beside its reply. */
export interface Sending {
  /** Set as soon as the device may have heard of the command. */
  sent: boolean
  /** Aborted as soon as the command can have no effect any more. */
  readonly over: AbortController
}

/** The reason of `over`. One for all: each command ends, and an error of its own, with its stack, is dear. */
export const OVER = new Error('the command can have no effect any more')

/** For a command of which nobody asks what became of it. */
export const unheeded = (): Sending => ({ sent: false, over: new AbortController() })

/** A way to the device that is open: each side knows who the other is. */
export interface Session {
  /** As `Transport.run`, without a deadline. The answer is listened for until `over`, also where nobody waits any more. */
  run(command: DeviceCommand, signal: AbortSignal, sending: Sending): Promise<DeviceReply>
  /** Resolves with any sign of life; rejects where the device cannot be asked, or with the signal's reason. */
  probe(signal: AbortSignal): Promise<void>
  /** How often the device has been heard so far: as long as it grows the device lives. */
  readonly replies: number
  /** Aborts with the cause when the way is gone; every command has failed by then. */
  readonly ended: AbortSignal
  /** Ends it at once. */
  destroy(cause: Error): void
}
