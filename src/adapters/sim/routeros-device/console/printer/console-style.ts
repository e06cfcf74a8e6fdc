/** How wide the console writes, and where wrapped lines begin. */
export interface ConsoleStyle {
  /** Columns of the terminal; `Infinity`: lines are never wrapped. */
  readonly width: number
  /**
   * `firstField`: wrapped lines begin under the first field (captured on 7.24.4). `15`: an older console, captured over
   * SSH: 15 spaces in `/disk`, paths on lines of their own there, and two columns left free.
   */
  readonly indent: 'firstField' | '15'
  /** Whether a print without any item still has its legend. */
  readonly legendWhenEmpty: boolean
}

/** How many characters a line may have: the last column stays free, in the older console two of them (captures). */
export function lineLimit({ width, indent }: ConsoleStyle): number {
  return width - (indent === '15' ? 2 : 1)
}
