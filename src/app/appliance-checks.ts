import { StorageError } from '../domain/errors.ts'
import type { BackendInspection, Finding } from '../ports/backend-inspection.ts'
import type { Logger } from '../ports/logger.ts'

interface Parts {
  readonly inspection: BackendInspection
  readonly log: Logger
}

/** Whether the appliance is fit for volumes: asked before a controller serves, and in full once it does. */
export class ApplianceChecks {
  readonly #parts: Parts
  /** Checks of which the log has told. */
  readonly #told = new Set<string>()

  constructor({ inspection, log }: Parts) {
    this.#parts = { inspection, log }
  }

  /** Throws `precondition` with all that keeps volumes from living there; what is only worth knowing is logged. */
  async essentials(signal: AbortSignal): Promise<void> {
    const findings = await this.#parts.inspection.essentials(signal)
    for (const finding of findings) if (finding.standing === 'warning') this.#tell(finding)
    const failures = findings.filter(({ standing }) => standing === 'failure')
    if (failures.length > 0) throw new StorageError('precondition', failures.map(textOf).join('; '))
  }

  /** Logs what the other checks find: rights, services, the base path. Never rejects: it keeps nobody from serving. */
  async rest(signal: AbortSignal): Promise<void> {
    const { inspection, log } = this.#parts
    try {
      const findings = await inspection.everything(signal)
      for (const finding of findings) if (isWorthTelling(finding)) this.#tell(finding)
    } catch (error) {
      if (!signal.aborted) log.debug('not all checks of the appliance could be made', { error })
    }
  }

  /** Each check once: a start that is tried again finds the same again. */
  #tell(finding: Finding): void {
    if (this.#told.has(finding.check)) return
    this.#told.add(finding.check)
    this.#parts.log.warn('the appliance', { ...finding })
  }
}

const isWorthTelling = ({ standing }: Finding): boolean => standing === 'warning' || standing === 'failure'

const textOf = ({ found, advice }: Finding): string => (advice === undefined ? found : `${found} (${advice})`)
