import type { Millis } from '../../../domain/ids.ts'
import type { ProbeResult } from '../../../ports/hardware-probes.ts'
import type { Lab } from './lab.ts'
import type { NvmeDialer } from './nvme-session.ts'

/** What a probe works with. */
export interface Bench {
  readonly lab: Lab
  /** As `--rds-transport` names it. */
  readonly transport: string
  readonly user: string
  readonly nvmePort: number
  /** Opens NVMe/TCP sessions; undefined where no address is known. */
  readonly dial: NvmeDialer | undefined
  /** Waits, for what the device does behind the scenes. */
  readonly pause: (span: Millis, signal: AbortSignal) => Promise<void>
  /** How long at most one waits for something to show. */
  readonly patience: Millis
}

/** Tries out some points that belong together. */
export interface Probe {
  readonly points: readonly string[]
  run(bench: Bench, signal: AbortSignal): Promise<readonly ProbeResult[]>
}

export const seen = (point: string, value: string | boolean, note = ''): ProbeResult => ({
  point,
  seen: String(value),
  note,
})

/** `why` it could not be found out. */
export const open = (point: string, why: string): ProbeResult => ({ point, seen: undefined, note: why })

/** Asks until it holds, at most as long as the bench is patient. */
export async function eventually(bench: Bench, signal: AbortSignal, holds: () => Promise<boolean>): Promise<boolean> {
  const step = Math.max(10, bench.patience / 10)
  for (let left = bench.patience; ; left -= step) {
    if (await holds()) return true
    if (left <= 0) return false
    await bench.pause(step, signal)
  }
}
