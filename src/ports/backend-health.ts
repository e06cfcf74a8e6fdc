/** The state of the link to the appliance, for metrics and readiness. Read from memory, at once. */
export interface BackendHealth {
  link(): { readonly address: string; readonly connected: boolean }
}
export const BackendHealth = Symbol.for('BackendHealth')
