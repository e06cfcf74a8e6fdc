const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const

/**
 * Bytes as the console writes sizes: one decimal, and the next unit from ten of it on (captures: `1024.0GiB`, `13.3MiB`,
 * `50.0GiB`, `5`). Exact bytes cannot be read back from it.
 */
export function writeSize(bytes: number): string {
  let written = String(bytes)
  for (const [index, unit] of UNITS.entries()) {
    const factor = 1024 ** (index + 1)
    if (bytes >= 10 * factor) written = `${(bytes / factor).toFixed(1)}${unit}`
  }
  return written
}
