import type { Display } from '../../command.ts'

const FORMATS: Readonly<Record<Display, (raw: string) => string>> = {
  bare: raw => raw,
  quoted: quote,
  flag: raw => (raw === 'true' ? 'yes' : raw === 'false' ? 'no' : raw),
  number: raw => raw,
  count: ifWhole(groupThousands),
  size: ifWhole(digits => formatSize(Number(digits))),
  rate: ifWhole(digits => formatRate(Number(digits))),
}

/** Writes a raw value of the model, a byte text, as a print of the console does. */
export function formatValue(raw: string, display: Display): string {
  return FORMATS[display](raw)
}

function ifWhole(format: (digits: string) => string): (raw: string) => string {
  return raw => (/^\d+$/.test(raw) ? format(raw) : raw)
}

/** `53687091200` as `53 687 091 200`. */
export function groupThousands(digits: string): string {
  return digits.replaceAll(/\B(?=(?:\d{3})+$)/g, ' ')
}

/** Bytes with a binary unit and one decimal; the next unit is used from ten of it on, so that 1 TiB is `1024.0GiB`. */
export function formatSize(bytes: number): string {
  const units = ['PiB', 'TiB', 'GiB', 'MiB', 'KiB']
  for (const [index, unit] of units.entries()) {
    const size = 1024 ** (units.length - index)
    if (bytes >= 10 * size) return `${(bytes / size).toFixed(1)}${unit}`
  }
  return String(bytes)
}

/** Bits per second with a decimal unit: `0bps`, `500kbps`, `12.8Mbps`, `1.5Gbps` (all captured). */
export function formatRate(bits: number): string {
  if (bits < 1000) return `${bits}bps`
  if (bits < 1_000_000) return `${(bits / 1000).toFixed(bits % 1000 === 0 ? 0 : 1)}kbps`
  return bits < 1_000_000_000 ? `${(bits / 1_000_000).toFixed(1)}Mbps` : `${(bits / 1_000_000_000).toFixed(1)}Gbps`
}

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['$', '\\$'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/** In quotes, written so that the console would read the same text; other control characters as hexadecimal pairs. */
export function quote(text: string): string {
  const inner = text.replaceAll(/["\\$]|\p{Cc}/gu, character => {
    const code = character.charCodeAt(0)
    // Bytes from 0x80 on are parts of letters.
    if (code >= 0x80) return character
    return ESCAPED.get(character) ?? `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
  })
  return `"${inner}"`
}
