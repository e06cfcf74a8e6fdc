import { clusterId, type ClusterId, type Instant, instant, type VolumeId } from '../../domain/ids.ts'
import { parseVolumeId } from '../../domain/volume-id.ts'

/** What the comment of a volume's disk says: whose it is, and what the disk itself has no property for. */
export interface OwnerTag {
  readonly owner: ClusterId
  readonly id: VolumeId
  /** The CSI name that asked for the volume. */
  readonly name: string
  /** Undefined for a volume of the older driver. */
  readonly createdAt: Instant | undefined
}

/** The number is the version of the form; a form that is not known is a stranger's. */
const FORM = /^rds-csi\/1 owner=(\S+) id=(\S+) name=(\S+) created=(\S+)$/
const PLAIN = /[A-Za-z0-9._-]/
const UNKNOWN = '-'
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** One line of plain ASCII: `rds-csi/1 owner=<uuid> id=<id> name=<percent-encoded> created=<ISO 8601>`. */
export function writeComment({ owner, id, name, createdAt }: OwnerTag): string {
  const created = createdAt === undefined ? UNKNOWN : new Date(createdAt).toISOString()
  return `rds-csi/1 owner=${owner} id=${id} name=${encode(name)} created=${created}`
}

/** The tag, or undefined where a single character differs from what `writeComment` writes: then the disk is a stranger's. */
export function parseComment(comment: string): OwnerTag | undefined {
  const [, owner, id, name, created] = FORM.exec(comment) ?? []
  const tag = owner && id && name && created ? tagOf(owner, id, name, timeOf(created)) : undefined
  return tag !== undefined && writeComment(tag) === comment ? tag : undefined
}

function tagOf(ownerText: string, idText: string, nameText: string, createdAt: Instant | undefined) {
  const owner = clusterId(ownerText)
  const id = parseVolumeId(idText)
  const name = decode(nameText)
  return owner === undefined || id === undefined || name === undefined ? undefined : { owner, id, name, createdAt }
}

/** Undefined for what is no time, so that it does not write back as it was. */
function timeOf(text: string): Instant | undefined {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : instant(time)
}

/** Everything but letters, digits, dot, low line and dash as its UTF-8 bytes: nothing that could mean anything to RouterOS. */
function encode(name: string): string {
  const escape = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return Array.from(Buffer.from(name, 'utf8'), byte => {
    const character = String.fromCharCode(byte)
    return PLAIN.test(character) ? character : escape(byte)
  }).join('')
}

function decode(text: string): string | undefined {
  const bytes = Array.from(text.matchAll(/%([0-9A-F]{2})|./g), ([character, hex]) =>
    hex === undefined ? character.charCodeAt(0) : Number.parseInt(hex, 16),
  )
  try {
    return strictUtf8.decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
