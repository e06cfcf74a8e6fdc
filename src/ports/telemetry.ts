import type { Millis } from '../domain/ids.ts'

export type Outcome = 'success' | 'failure'

/** How long a call took and how it ended. Facts say what happened to volumes; observations say how the work went. */
export type Observation =
  /** One CSI call; `code` is the gRPC status by name (`OK`, `NOT_FOUND` …). */
  | { readonly type: 'rpc'; readonly method: string; readonly code: string; readonly took: Millis }
  /** One command to the appliance; `command` is its path, such as `/disk/add`. */
  | { readonly type: 'device-command'; readonly command: string; readonly outcome: Outcome; readonly took: Millis }
  /** One attempt to reach the appliance again after the link was lost. */
  | { readonly type: 'device-reconnect'; readonly outcome: Outcome; readonly took: Millis }
  | { readonly type: 'nvme-connect'; readonly outcome: Outcome; readonly took: Millis }
  | {
      readonly type: 'mount'
      readonly operation: 'mount' | 'unmount' | 'format' | 'check' | 'grow'
      readonly outcome: Outcome
    }
  | {
      readonly type: 'reconcile'
      readonly action: 'clear_stale' | 'node_watcher_trigger' | 'sync_annotation'
      readonly took: Millis
    }
  /** An orphan on the backend was deleted. */
  | { readonly type: 'orphan-cleaned' }
  /** A Kubernetes event that the API accepted. */
  | { readonly type: 'event-posted'; readonly reason: string }

/** Hears observations; never throws, never waits. */
export interface Telemetry {
  observe(observation: Observation): void
}
export const Telemetry = Symbol.for('Telemetry')
