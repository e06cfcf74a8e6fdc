import type { About, Fact } from '../../src/domain/facts.ts'
import type { FactSink } from '../../src/ports/fact-sink.ts'
import type { Observation, Telemetry } from '../../src/ports/telemetry.ts'

/** Keeps every fact with what was true around it. */
export class RecordingSink implements FactSink {
  readonly told: { readonly fact: Fact; readonly about: About }[] = []

  publish(fact: Fact, about: About): void {
    this.told.push({ fact, about })
  }

  get facts(): readonly Fact[] {
    return this.told.map(({ fact }) => fact)
  }

  get types(): readonly Fact['type'][] {
    return this.facts.map(fact => fact.type)
  }

  /** The facts since the last time somebody asked. */
  take(): readonly Fact[] {
    return this.told.splice(0).map(({ fact }) => fact)
  }
}

/** Keeps every observation. */
export class RecordingTelemetry implements Telemetry {
  readonly observations: Observation[] = []

  observe(observation: Observation): void {
    this.observations.push(observation)
  }

  /** What reconcilers said that they had done. */
  get reconciled(): readonly string[] {
    return this.observations.flatMap(seen => (seen.type === 'reconcile' ? [seen.action] : []))
  }
}
