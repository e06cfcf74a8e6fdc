/** How one thing about the backend stands. */
export type Standing = 'ok' | 'warning' | 'failure' | 'skipped'

/** What one check found. */
export interface Finding {
  /** What was looked at, such as `version`; the same word each time. */
  readonly check: string
  readonly standing: Standing
  /** What is the case. */
  readonly found: string
  /** What to do about it; undefined where there is nothing to do. */
  readonly advice: string | undefined
}

/**
 * Checks of the backend that come before any volume. They change nothing. What a check finds wrong is a finding and no
 * error; an aborted signal ends with its reason.
 */
export interface BackendInspection {
  /**
   * What has to be right before a controller serves, with at most two commands: release, packages, pool. Throws
   * `unavailable` where the backend cannot be asked, and `precondition` where it does not let us ask.
   */
  essentials(signal: AbortSignal): Promise<readonly Finding[]>
  /** All checks, for people. A backend that cannot be reached is a finding too, and what depends on it is skipped. */
  everything(signal: AbortSignal): Promise<readonly Finding[]>
}
export const BackendInspection = Symbol.for('BackendInspection')
