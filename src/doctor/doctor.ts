import type { BackendInspection, Finding } from '../ports/backend-inspection.ts'
import type { HardwareProbes, ProbeResult } from '../ports/hardware-probes.ts'
import { findingLines, hardwareReport, summary } from './report.ts'

export interface DoctorParts {
  readonly inspection: BackendInspection
  readonly probes: HardwareProbes
}

export interface Consultation {
  /** Also try out on scratch items what nobody knows about the appliance. */
  readonly hardware: boolean
  readonly write: (text: string) => void
  /** Aborts when the program shall end: what was made on the appliance is removed before it does. */
  readonly stop: AbortSignal
}

/**
 * The program `rds-csi doctor`: tells how the appliance stands, and what to do. Answers the exit code: 0 where nothing
 * keeps volumes from living there, 1 where something does, or where the program was ended early.
 */
export async function consult(parts: DoctorParts, consultation: Consultation): Promise<number> {
  const { hardware, write, stop } = consultation
  try {
    const findings = await parts.inspection.everything(stop)
    for (const finding of findings) write(findingLines(finding))
    write(`\n${summary(findings)}`)
    const isSick = findings.some(({ standing }) => standing === 'failure')
    if (hardware && isSick) write('\nNothing was tried out: see to the failures first.\n')
    else if (hardware) await tryOut(parts.probes, findings, consultation)
    return isSick ? 1 : 0
  } catch (error) {
    write(`\nended early: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

/** What is known by then is reported, however it ends. */
async function tryOut(probes: HardwareProbes, findings: readonly Finding[], { write, stop }: Consultation) {
  const left = await probes.cleanUp(stop)
  if (left.length > 0) write(`\nremoved what an earlier run had left: ${left.join(', ')}\n`)
  const results: ProbeResult[] = []
  const tell = (result: ProbeResult): void => {
    results.push(result)
    write(`\n${result.point}: ${result.seen ?? 'open'}${result.note === '' ? '' : ` (${result.note})`}`)
  }
  try {
    await probes.run(tell, stop)
  } finally {
    write(`\n\n${hardwareReport(results, findings)}`)
  }
}
