import type { Millis } from '../../../domain/ids.ts'

/** The pauses between attempts to connect. */
export interface Pauses {
  readonly first: Millis
  readonly longest: Millis
}

/**
 * How long to wait before the next attempt after this many failures in a row: twice as long each time, up to the longest.
 * `random` (0 to 1) takes up to a half off, so that many clients of one appliance do not come back as one.
 */
export function reconnectPause({ first, longest }: Pauses, failures: number, random: number): Millis {
  return Math.min(longest, first * 2 ** Math.min(failures, 16)) * (1 - random / 2)
}
