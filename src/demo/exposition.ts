const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** What a `/metrics` page said at one moment. */
export class Exposition {
  readonly text: string
  readonly samples: readonly Sample[]

  constructor(text: string) {
    this.text = text
    this.samples = text.split('\n').flatMap(sampleOf)
  }

  /** The sum of all samples of that name that carry these labels; undefined where there is none. */
  value(name: string, labels: Labels = {}): number | undefined {
    const found = this.samples.filter(sample => sample.name === name && carries(sample, labels))
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0)
  }

  /** The upper bounds of a histogram's buckets, without the infinite one. */
  buckets(name: string): readonly number[] {
    const bounds = this.samples.filter(sample => sample.name === `${name}_bucket`).map(({ labels }) => labels['le'])
    return [...new Set(bounds)].filter(bound => bound !== '+Inf').map(Number)
  }

  /** What was said of a metric, as it was written. */
  lines(...names: readonly string[]): readonly string[] {
    const families = new Set(names.flatMap(name => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]))
    return this.text.split('\n').filter(line => families.has(/^[\w:]+/.exec(line)?.[0] ?? ''))
  }
}

/** Reads a `/metrics` page as Prometheus does. */
export async function scrape(url: string, signal: AbortSignal): Promise<Exposition> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return new Exposition(await response.text())
}

function sampleOf(line: string): readonly Sample[] {
  const [, name, labels = '', value] = LINE.exec(line) ?? []
  if (name === undefined) return []
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text] as const)
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
}

const carries = ({ labels }: Sample, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)
