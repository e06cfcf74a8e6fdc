import { type About, type Fact, type FactTable, tell } from '../../domain/facts.ts'
import type { Millis, NodeId } from '../../domain/ids.ts'
import type { FactSink } from '../../ports/fact-sink.ts'
import type { Logger } from '../../ports/logger.ts'
import type { VolumeDirectory } from './cluster-cache.ts'
import { type OnceName, untried } from './event-item.ts'
import type { EventRecorder } from './event-recorder.ts'
import {
  attachmentConflict,
  type EventText,
  migrationCompleted,
  migrationFailed,
  migrationStarted,
  staleAttachmentCleared,
  volumeAttached,
  volumeDetached,
} from './event-texts.ts'
import { MigrationNames, type MigrationStage } from './migration-names.ts'
import { WarnOnce } from './warn-once.ts'

const silent = (): void => undefined

/** Tells facts as Kubernetes events on the claim that the volume serves. */
export class KubernetesEvents implements FactSink {
  readonly #directory: VolumeDirectory
  readonly #recorder: EventRecorder
  readonly #names: MigrationNames
  readonly #warnings: WarnOnce
  readonly #table: FactTable = {
    attached: ({ node }, about) => this.#post(volumeAttached(about.volume, node, about.took), about),
    'attachment-refused': ({ node, refusal }, about) => {
      // The holder itself that asks on other terms is in no conflict with another node: the caller is told, that is enough.
      if (refusal.kind !== 'terms-differ') this.#post(attachmentConflict(about.volume, node, refusal.holders), about)
    },
    'attach-failed': silent,
    detached: ({ node, quiet }, about) => {
      if (!quiet) this.#post(volumeDetached(about.volume, node), about)
    },
    'detach-failed': silent,
    'stale-attachment-cleared': ({ node }, about) => this.#post(staleAttachmentCleared(about.volume, node), about),
    'migration-started': (fact, about) =>
      this.#migrated('started', fact, migrationStarted(about.volume, fact, fact.timeout), about),
    'migration-completed': (fact, about) =>
      this.#migrated('completed', fact, migrationCompleted(about.volume, fact, fact.took), about),
    'migration-failed': (fact, about) =>
      this.#migrated('failed', fact, migrationFailed(about.volume, fact, fact.reason, fact.took), about),
    'migration-timed-out': (fact, about) =>
      this.#migrated('timeout', fact, migrationFailed(about.volume, fact, 'timeout', fact.took), about),
    'operation-succeeded': silent,
    'operation-failed': silent,
  }

  constructor(directory: VolumeDirectory, recorder: EventRecorder, log: Logger) {
    this.#directory = directory
    this.#recorder = recorder
    this.#names = new MigrationNames(directory)
    this.#warnings = new WarnOnce(log)
  }

  publish(fact: Fact, about: About): void {
    tell(this.#table, fact, about)
  }

  #migrated(
    stage: MigrationStage,
    { target, took = 0 }: { readonly target: NodeId; readonly took?: Millis },
    text: EventText,
    about: About,
  ): void {
    this.#post(text, about, this.#names.name(stage, target, took, about))
  }

  /** The claim is looked up now: it may be gone before the event is posted. */
  #post(text: EventText, { volume, at }: About, once?: OnceName): void {
    const claim = this.#directory.claim(volume)
    if (claim === undefined) {
      const fields = { volume, reason: text.reason }
      this.#warnings.warn(volume, 'no claim is known for this volume; its events are not posted', fields)
      return
    }
    this.#warnings.forget(volume)
    this.#recorder.record({ text, volume, claim, at, once, count: 1, last: at, ...untried })
  }
}
