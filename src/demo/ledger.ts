import type { ExpectedEvent } from './expected-events.ts'
import type { Volume } from './volume.ts'

export type MigrationResult = 'success' | 'failed' | 'timeout'

/** What a controller has to have counted. Counters live in a process, so there is one of these for each that ran. */
export interface ExpectedCounts {
  readonly migrations: Readonly<Record<MigrationResult, number>>
  readonly attached: number
  readonly refused: number
  readonly detached: number
  /** Posted events by reason. Repeats that wait to be posted become one, so there is a least and a most. */
  readonly events: Readonly<Record<string, { readonly least: number; readonly most: number }>>
}

interface Entry {
  readonly volume: Volume
  readonly event: ExpectedEvent
  /** Number of the controller process, from 1. */
  readonly process: number
}

/** What has to have been told so far; the steps write it down as they go. */
export class Ledger {
  readonly #entries: Entry[] = []
  #process = 1

  /** That event, on the claim of that volume, from the controller that runs now. */
  expect(volume: Volume, event: ExpectedEvent): void {
    this.#entries.push({ volume, event, process: this.#process })
  }

  /** From now on another controller process counts. */
  controllerRestarted(): void {
    this.#process += 1
  }

  eventsOn(volume: Volume): readonly ExpectedEvent[] {
    return this.#entries.filter(entry => entry.volume === volume).map(({ event }) => event)
  }

  /** The volumes whose migrations run now. */
  migrating(): readonly Volume[] {
    const running = new Set<Volume>()
    for (const { volume, event } of this.#entries) {
      if (event.reason === 'MigrationStarted') running.add(volume)
      if (['MigrationCompleted', 'MigrationFailed'].includes(event.reason)) running.delete(volume)
    }
    return [...running]
  }

  /** What the controller process of that number counts until now. */
  counts(process: number): ExpectedCounts {
    const events = this.#entries.filter(entry => entry.process === process).map(({ event }) => event)
    const count = (...reasons: readonly string[]) => events.filter(({ reason }) => reasons.includes(reason)).length
    const timeout = events.filter(isTimeout).length
    const failed = count('MigrationFailed') - timeout
    const success = count('MigrationCompleted')
    return {
      migrations: { success, failed, timeout },
      attached: count('VolumeAttached', 'MigrationStarted'),
      refused: count('AttachmentConflict'),
      // A migration that completes or is rolled back is a departure too, and is told as that alone.
      detached: count('VolumeDetached') + success + failed,
      events: Object.fromEntries([...Map.groupBy(events, ({ reason }) => reason)].map(([r, all]) => [r, posted(all)])),
    }
  }
}

const isTimeout = ({ reason, text }: ExpectedEvent): boolean =>
  reason === 'MigrationFailed' && text.includes('reason: timeout')

/** Migration events are posted one by one; of others the same text again may be counted on the event that is there. */
function posted(events: readonly ExpectedEvent[]): { readonly least: number; readonly most: number } {
  const distinct = new Set(events.map(event => (event.reason.startsWith('Migration') ? event : event.text)))
  return { least: distinct.size, most: events.length }
}
