import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Millis } from '../../domain/ids.ts'
import type { Logger } from '../../ports/logger.ts'

/** Label names with the values known beforehand; an empty list where only time tells. */
export type Labels = Readonly<Record<string, readonly string[]>>

export interface MetricText {
  readonly name: string
  readonly help: string
}

export const STATUS = { status: ['success', 'failure'] } as const

export const seconds = (span: Millis): number => span / 1000

/** A counter whose known series are there, at 0, from the start. */
export function counter(registry: Registry, text: MetricText, labels: Labels = {}): Counter {
  const made = new Counter({ ...text, labelNames: Object.keys(labels), registers: [registry] })
  for (const series of combinations(labels)) made.inc(series, 0)
  return made
}

/** A histogram in seconds whose known series are there from the start. */
export function histogram(
  registry: Registry,
  text: MetricText & { readonly buckets: readonly number[] },
  labels: Labels = {},
): Histogram {
  const { buckets, ...rest } = text
  const made = new Histogram({
    ...rest,
    buckets: [...buckets],
    labelNames: Object.keys(labels),
    registers: [registry],
  })
  for (const series of combinations(labels)) made.zero(series)
  return made
}

/** One sample of a gauge; undefined: there is none. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number | undefined
}

/** A gauge that is read when it is scraped. What is unknown or cannot be read is absent from that scrape, never 0. */
export function gauge(
  registry: Registry,
  { labels: labelNames = [], ...text }: MetricText & { readonly labels?: readonly string[] },
  read: () => Sample | readonly Sample[],
  logger: Logger,
): void {
  // Without labels `reset` means 0, with labels `remove` means one series.
  const forget = (): void => (labelNames.length === 0 ? made.remove() : made.reset())
  const made: Gauge = new Gauge({
    ...text,
    labelNames,
    registers: [registry],
    collect() {
      forget()
      try {
        for (const { labels = {}, value } of [read()].flat()) if (value !== undefined) made.set(labels, value)
      } catch (err) {
        logger.warn(`metric ${text.name} cannot be read now`, { err })
      }
    },
  })
}

function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (series, [name, values]) => series.flatMap(known => values.map(value => ({ ...known, [name]: value }))),
    [{}],
  )
}
