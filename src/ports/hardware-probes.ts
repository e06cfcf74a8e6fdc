/** What trying something out on the appliance has shown. */
export interface ProbeResult {
  /** The open point, by the name of its switch in docs/hardware-unknowns.md; or a few words for one without a switch. */
  readonly point: string
  /** How the appliance does it, as the switch spells it; undefined where that could not be found out. */
  readonly seen: string | undefined
  /** The appliance's own words, figures, or why it could not be found out. */
  readonly note: string
}

/**
 * Tries out what nobody has written down about the appliance, on scratch items of its own inside the base path. Their
 * names begin with `rds-csi-doctor-`; nothing else is touched.
 */
export interface HardwareProbes {
  /** Removes what an earlier run left behind, and tells what that was. Throws where something stays. */
  cleanUp(signal: AbortSignal): Promise<readonly string[]>
  /**
   * Tries out one point after the other and tells each result. Whatever it made is removed again, also where the signal
   * aborts; removing has a deadline of its own. Throws `unavailable` where the appliance cannot be asked any more.
   */
  run(tell: (result: ProbeResult) => void, signal: AbortSignal): Promise<void>
}
export const HardwareProbes = Symbol.for('HardwareProbes')
