import { isUuid, type VolumeId, type VolumeNqn } from './ids.ts'
import { type Digest, uuidV8 } from './uuid.ts'

/** Limit of the CSI specification for names and ids, in bytes. */
const MAX_NAME_BYTES = 128
const NQN_PREFIX = 'nqn.2000-02.com.mikrotik:'
const ID = /^(pvc|vol)-(.+)$/
// oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const utf8 = new TextEncoder()

/**
 * The id of the volume that a CSI name asks for: the name itself where it is `pvc-<uuid>`, otherwise `vol-<uuid>` with a
 * digest of the name. The prefixes keep the two families apart; that the digest belongs to this very name is checked
 * against the name which is stored with the volume.
 */
export function volumeIdForName(name: string, sha256: Digest): VolumeId {
  return name.startsWith('pvc-') && isUuid(name.slice(4))
    ? (name as VolumeId)
    : (`vol-${uuidV8('rds-csi volume name', name, sha256)}` as VolumeId)
}

/** The id, or undefined where the text can be no volume of this driver: such a volume does not exist. */
export function parseVolumeId(text: string): VolumeId | undefined {
  const uuid = ID.exec(text)?.[2]
  return uuid !== undefined && isUuid(uuid) ? (text as VolumeId) : undefined
}

/** True for what could end a line or a word of a command or a log. */
export const hasControlCharacters = (text: string): boolean => CONTROL.test(text)

/** What is wrong with a CSI name or id as a string, or undefined. */
export function nameProblem(text: string): string | undefined {
  if (text === '') return 'is missing'
  if (utf8.encode(text).length > MAX_NAME_BYTES) return `is longer than ${MAX_NAME_BYTES} bytes`
  return hasControlCharacters(text) ? 'contains control characters' : undefined
}

/** `nqn.2000-02.com.mikrotik:<volume id>`, lower case as every id is. */
export const volumeNqn = (id: VolumeId): VolumeNqn => `${NQN_PREFIX}${id}` as VolumeNqn

/** The volume whose NQN this is, or undefined where it is no NQN of this driver. */
export function volumeOfNqn(nqn: string): VolumeId | undefined {
  return nqn.startsWith(NQN_PREFIX) ? parseVolumeId(nqn.slice(NQN_PREFIX.length)) : undefined
}
