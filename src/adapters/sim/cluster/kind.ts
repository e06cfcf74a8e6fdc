import type { ObjectForm } from './event-forms.ts'
import type { JsonObject } from './json.ts'
import type { KubeObject } from './kube-object.ts'
import type { NameRule } from './names.ts'
import type { FieldError } from './status.ts'

/** One row of the table that drives the whole server: how a kind is served. */
export interface Kind {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly shortNames: readonly string[]
  readonly namespaced: boolean
  /** Shelf of the store; two kinds with the same one are two forms of the same objects. */
  readonly shelf: string
  /** The status subresource: none, or whether a change through it may also change labels, annotations and finalizers. */
  readonly status: 'none' | 'metadata-kept' | 'metadata-follows'
  /** What a new object's status becomes; `as-sent` for kinds whose status may come with the creation. */
  readonly newStatus: JsonObject | 'as-sent'
  /** Members filled in where a client left them out. */
  readonly defaults: JsonObject
  /** A PUT without resourceVersion overwrites. */
  readonly unconditionalUpdate: boolean
  /** A PUT on a missing name creates. */
  readonly createOnUpdate: boolean
  /** DELETE answers with the object, not with a Status. */
  readonly returnsDeleted: boolean
  readonly names: NameRule
  /** Field selector labels and the paths in the stored form that they read. */
  readonly fieldLabels: Readonly<Record<string, string>>
  /** True for kinds that refuse an unknown label in their own words. */
  readonly namesItsFieldLabels: boolean
  /** Paths (as sent) of metav1.MicroTime: exactly six digits of a second, anything else is refused. */
  readonly microTimes: readonly string[]
  readonly form: ObjectForm
  newErrors(object: KubeObject): readonly FieldError[]
  changeErrors(object: KubeObject, previous: KubeObject): readonly FieldError[]
}

/** A row as it is written in the table: what differs from an ordinary cluster-scoped kind. */
export type Row = Pick<Kind, 'group' | 'plural' | 'kind'> & Partial<Kind>

const AS_STORED: ObjectForm = { toStored: object => object, fromStored: stored => stored }
/** The field labels that every kind offers unless it names its own. */
export const METADATA_LABELS = { 'metadata.name': 'metadata.name', 'metadata.namespace': 'metadata.namespace' }

/** The full row. */
export function kindOf(row: Row): Kind {
  return {
    version: 'v1',
    singular: row.kind.toLowerCase(),
    shortNames: [],
    namespaced: false,
    shelf: row.plural,
    status: 'none',
    newStatus: 'as-sent',
    defaults: {},
    unconditionalUpdate: true,
    createOnUpdate: false,
    returnsDeleted: true,
    names: 'subdomain',
    fieldLabels: METADATA_LABELS,
    namesItsFieldLabels: false,
    microTimes: [],
    form: AS_STORED,
    newErrors: () => [],
    changeErrors: () => [],
    ...row,
  }
}

/** `group/version`, or the version alone in the core group. */
export function apiVersionOf(kind: Pick<Kind, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}
