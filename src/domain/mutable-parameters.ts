/** What a VolumeAttributesClass may say of a volume. */
export interface MutableParameters {
  /** Text for people that is kept with the volume on the appliance; empty takes it away, undefined leaves it. */
  readonly note: string | undefined
}

/** Set by the external-resizer and external-provisioner for our information. */
const AUDIT_PREFIX = 'csi.storage.k8s.io/'
const LONGEST_NOTE = 128
const PRINTABLE = /^[\x20-\x7e]*$/

/** The parameters, or every mistake in them, each with the name and what is allowed. */
export function readMutable(
  raw: Readonly<Record<string, string>>,
): MutableParameters | { readonly problems: readonly string[] } {
  const unknown = Object.keys(raw).filter(name => name !== 'note' && !name.startsWith(AUDIT_PREFIX))
  const note = raw['note']
  const problems = [
    ...unknown.map(name => `parameter ${JSON.stringify(name)} is unknown or cannot be changed; known is note`),
    ...(note === undefined ? [] : noteProblems(note)),
  ]
  return problems.length > 0 ? { problems } : { note }
}

function noteProblems(note: string): readonly string[] {
  if (note.length > LONGEST_NOTE) {
    return [`parameter note has ${note.length} characters: at most ${LONGEST_NOTE} are allowed`]
  }
  return PRINTABLE.test(note) ? [] : ['parameter note may have printable ASCII characters only']
}
