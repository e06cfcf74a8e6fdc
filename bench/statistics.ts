/** The value below which this share of the samples lies; `share` from 0 to 1. Throws where there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  if (value === undefined) throw new RangeError('no samples')
  return value
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)
export const smallest = (samples: readonly number[]): number => quantile(samples, 0)
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
