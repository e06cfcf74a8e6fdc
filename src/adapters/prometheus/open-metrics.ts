export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/**
 * Prometheus' text format as OpenMetrics 1.0: a counter's family goes without the `_total` of its samples, nothing is
 * empty, the end is marked. (The library's own way renames the counters for every later scrape in either format.)
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter(line => line !== '')
  const counters = new Set(lines.flatMap(line => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []))
  const named = lines.map(line =>
    line.replace(/^(# (?:HELP|TYPE) )(\S+)_total(?= )/, (whole, start: string, family: string) =>
      counters.has(family) ? start + family : whole,
    ),
  )
  return `${named.join('\n')}\n# EOF\n`
}
