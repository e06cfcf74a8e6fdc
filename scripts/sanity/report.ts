/** One spec of csi-sanity as Ginkgo's JSON report tells it. */
export interface Spec {
  readonly name: string
  readonly state: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped; empty where it passed. */
  readonly why: string
}

interface SpecReport {
  readonly ContainerHierarchyTexts: readonly string[] | null
  readonly LeafNodeType: string
  readonly LeafNodeText: string
  readonly State: string
  readonly Failure?: { readonly Message: string }
}

interface SuiteReport {
  readonly SpecReports: readonly SpecReport[] | null
}

function nameOf({ ContainerHierarchyTexts, LeafNodeType, LeafNodeText }: SpecReport): string {
  const leaf = LeafNodeText === '' ? LeafNodeType : LeafNodeText
  return [...(ContainerHierarchyTexts ?? []), leaf].join(' ')
}

/** Whatever is neither passed nor skipped is a failure: Ginkgo knows panicked, interrupted, timedout and aborted, too. */
function stateOf({ State }: SpecReport): Spec['state'] {
  if (State === 'passed') return 'passed'
  return State === 'skipped' || State === 'pending' ? 'skipped' : 'failed'
}

/** Only what a person would call a test: set-up and clean-up of the suite count when they fail. */
const counts = (report: SpecReport): boolean => report.LeafNodeType === 'It' || stateOf(report) === 'failed'

/** Reads what `--ginkgo.json-report` wrote. Throws where it names no spec at all. */
export function readReport(json: string): readonly Spec[] {
  const suites = JSON.parse(json) as readonly SuiteReport[]
  const reports = suites.flatMap(({ SpecReports }) => SpecReports ?? []).filter(counts)
  if (reports.length === 0) throw new Error('the report of csi-sanity names no specs')
  return reports.map(report => ({
    name: nameOf(report),
    state: stateOf(report),
    why: report.Failure?.Message ?? (report.State === 'passed' ? '' : report.State),
  }))
}
