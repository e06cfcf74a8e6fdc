/** What a terminal would obey, and what would break the line. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const BARE = /^[\w.:/@%+,-]+$/

/** A line of JSON as one line for people: `2026-01-01T00:00:00.000Z info  message key=value …`. */
export function textLine(json: string): string {
  const { time, level, msg, ...fields } = JSON.parse(json) as Record<string, unknown>
  const words = Object.entries(fields).map(([key, value]) => `${key}=${written(value)}`)
  return `${[String(time), String(level).padEnd(5), oneLine(String(msg)), ...words].join(' ')}\n`
}

function written(value: unknown): string {
  if (typeof value === 'string' && BARE.test(value)) return value
  return oneLine(JSON.stringify(value))
}

const oneLine = (text: string): string =>
  text.replaceAll(CONTROL, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
