import type { Finding } from '../../../ports/backend-inspection.ts'

export const ok = (check: string, found: string): Finding => ({ check, standing: 'ok', found, advice: undefined })

export const warning = (check: string, found: string, advice: string): Finding => ({
  check,
  standing: 'warning',
  found,
  advice,
})

export const failure = (check: string, found: string, advice: string): Finding => ({
  check,
  standing: 'failure',
  found,
  advice,
})

/** `why`: what kept it from being looked at. */
export const skipped = (check: string, why: string): Finding => ({
  check,
  standing: 'skipped',
  found: why,
  advice: undefined,
})
