const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** Milliseconds as RouterOS writes durations: `1d7h44m20s`, `48s149ms`, `0ms`. Fractions are cut off. */
export function writeDuration(ms: number): string {
  let rest = Math.max(0, Math.floor(ms))
  let written = ''
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0) written += `${count}${unit}`
  }
  return written === '' ? '0ms' : written
}
