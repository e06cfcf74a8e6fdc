/** Set by the external-snapshotter for our information. */
const AUDIT_PREFIX = 'csi.storage.k8s.io/'

/** Names, one by one, the parameters of a VolumeSnapshotClass that are not known; undefined where there are none. */
export function unknownParameters(raw: Readonly<Record<string, string>>, known: readonly string[]): string | undefined {
  const may = known.length === 0 ? 'none is known' : `known are ${known.join(', ')}`
  const problems = Object.keys(raw)
    .filter(name => !known.includes(name) && !name.startsWith(AUDIT_PREFIX))
    .map(name => `parameter ${JSON.stringify(name)} is unknown; ${may}`)
  return problems.length === 0 ? undefined : problems.join('; ')
}

/** Whether the members of a group may be of different moments. */
export type MemberConsistency = 'strict' | 'sequential'
export const MEMBER_CONSISTENCY = 'memberConsistency'
const CONSISTENCIES: readonly string[] = ['strict', 'sequential'] satisfies MemberConsistency[]

/** What a VolumeGroupSnapshotClass asks for, or what is wrong with it. */
export function readGroupParameters(
  raw: Readonly<Record<string, string>>,
): { readonly consistency: MemberConsistency } | { readonly problem: string } {
  const unknown = unknownParameters(raw, [MEMBER_CONSISTENCY])
  const given = raw[MEMBER_CONSISTENCY] ?? 'strict'
  const wrong = CONSISTENCIES.includes(given)
    ? undefined
    : `parameter ${MEMBER_CONSISTENCY} ${JSON.stringify(given)} must be one of ${CONSISTENCIES.join(', ')}`
  const problem = [unknown, wrong].filter(each => each !== undefined).join('; ')
  return problem === '' ? { consistency: given as MemberConsistency } : { problem }
}
