import { median, smallest } from '../statistics.ts'

/** Something that is done again and again. */
export interface Piece {
  readonly text: string
  /** How much one run does, and of what. */
  readonly amount: number
  readonly of: 'commands' | 'volumes' | 'bytes'
  readonly run: () => unknown
}

const WARM_UP = 0.2
const FEWEST_RUNS = 5

/** A row of the table: the time of one unit (a whole run where that is bytes or volumes) and the rate. */
export function timed({ text, amount, of, run }: Piece, millis: number): readonly (string | number)[] {
  sample(run, millis * WARM_UP)
  const samples = sample(run, millis)
  const [best, middle] = [smallest(samples), median(samples)]
  if (of === 'commands') return [text, (best / amount) * 1e6, (middle / amount) * 1e6, 'ns each', rate(amount / middle)]
  const perSecond = (amount / middle) * 1000
  const shown = of === 'bytes' ? `${(perSecond / 1e6).toFixed(0)} MB/s` : rate(amount / middle)
  return [text, best, middle, 'ms', shown]
}

const rate = (perMilli: number): string => `${Math.round(perMilli).toLocaleString('en')} thousand/s`

function sample(run: () => unknown, millis: number): readonly number[] {
  const samples: number[] = []
  const begun = performance.now()
  while (samples.length < FEWEST_RUNS || performance.now() - begun < millis) {
    const before = performance.now()
    run()
    samples.push(performance.now() - before)
  }
  return samples
}
