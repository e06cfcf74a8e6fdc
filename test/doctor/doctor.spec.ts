import { describe, expect, it } from 'vitest'
import { consult } from '../../src/doctor/doctor.ts'
import { hardwareReport } from '../../src/doctor/report.ts'
import type { Finding, Standing } from '../../src/ports/backend-inspection.ts'
import type { HardwareProbes, ProbeResult } from '../../src/ports/hardware-probes.ts'

const finding = (check: string, standing: Standing, advice?: string): Finding => ({
  check,
  standing,
  found: `${check} is so`,
  advice,
})
const WELL = [finding('version', 'ok'), finding('pool', 'warning', 'look')]
const RESULTS: readonly ProbeResult[] = [
  { point: 'setFileSize', seen: 'grows', note: 'it says "a | b"\nand `c`' },
  { point: 'longest comment', seen: '520', note: '' },
  { point: 'idStability', seen: undefined, note: 'needs a restart' },
]

interface Options {
  readonly findings?: readonly Finding[] | Error
  readonly hardware?: boolean
  readonly left?: readonly string[]
  readonly fails?: Error
}

async function run({ findings = WELL, hardware = false, left = [], fails }: Options = {}) {
  const written: string[] = []
  const calls: string[] = []
  const probes: HardwareProbes = {
    cleanUp: async () => {
      calls.push('clean up')
      return left
    },
    run: async tell => {
      calls.push('run')
      for (const result of RESULTS) tell(result)
      if (fails !== undefined) throw fails
    },
  }
  const everything = async () => {
    if (findings instanceof Error) throw findings
    return findings
  }
  const inspection = { essentials: everything, everything }
  const stop = new AbortController().signal
  const code = await consult({ inspection, probes }, { hardware, write: text => void written.push(text), stop })
  return { code, text: written.join(''), calls }
}

describe('the doctor', () => {
  it('tells each check with what to do, and is content with warnings', async () => {
    const { code, text, calls } = await run()
    expect(text).toMatch(
      /^ok +version +version is so\nwarning +pool +pool is so\n +do: look\n\n1 ok, 1 warnings, 0 failures/,
    )
    expect([code, calls]).toEqual([0, []])
  })

  it('answers 1 where something is wrong, and tries out nothing then', async () => {
    const { code, text, calls } = await run({ findings: [finding('pool', 'failure', 'mount it')], hardware: true })
    expect([code, calls]).toEqual([1, []])
    expect(text).toContain('see to the failures first')
  })

  it('cleans up after an earlier run before it tries out anything, and says what it removed', async () => {
    const { code, text, calls } = await run({ hardware: true, left: ['rds-csi-doctor-abcdef-x'] })
    expect([code, calls]).toEqual([0, ['clean up', 'run']])
    expect(text).toContain('removed what an earlier run had left: rds-csi-doctor-abcdef-x')
    expect(text).toContain(hardwareReport(RESULTS, WELL))
  })

  it('reports what it knows where it is ended early, with exit code 1', async () => {
    const { code, text } = await run({ hardware: true, fails: new Error('SIGINT') })
    expect(code).toBe(1)
    expect(text).toContain('| `setFileSize` | `grows` |')
    expect(text).toContain('ended early: SIGINT')
  })
})

describe('the report on the hardware', () => {
  it('is a table in which nothing that a device says can break a cell', () => {
    const rows = hardwareReport(RESULTS, WELL)
      .split('\n')
      .filter(line => line.startsWith('|'))
    expect(rows).toContain('| `setFileSize` | `grows` | it says "a \\| b" and \'c\' |')
    expect(rows).toContain('| longest comment | `520` |  |')
    expect(rows).toContain('| `idStability` | needs a restart |')
  })
})
