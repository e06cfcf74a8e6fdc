import { fieldAt, sameJson, textAt } from './json.ts'
import type { KubeObject } from './kube-object.ts'
import { nameErrors } from './names.ts'
import type { FieldError } from './status.ts'

/** The rules of pkg/apis/storage/validation for VolumeAttachments, as far as a driver can meet them. */

function sourceErrors(attachment: KubeObject): readonly FieldError[] {
  const detail = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  const inline = fieldAt(attachment, 'spec.source.inlineVolumeSpec') !== undefined
  const named = fieldAt(attachment, 'spec.source.persistentVolumeName') !== undefined
  if (inline && named) return [{ type: 'FieldValueForbidden', field: 'spec.source', detail }]
  if (!inline && !named) return [{ type: 'FieldValueRequired', field: 'spec.source', detail }]
  const field = 'spec.source.persistentVolumeName'
  return named ? nameErrors('subdomain', textAt(attachment, field), field) : []
}

/** What refuses a new VolumeAttachment. */
export function newAttachmentErrors(attachment: KubeObject): readonly FieldError[] {
  const missing = ['spec.attacher', 'spec.nodeName'].filter(field => textAt(attachment, field) === '')
  return [
    ...missing.map(field => ({ type: 'FieldValueRequired', field, detail: '' }) as const),
    ...sourceErrors(attachment),
  ]
}

/** What refuses a change of a VolumeAttachment: its spec never changes. */
export function changedAttachmentErrors(attachment: KubeObject, previous: KubeObject): readonly FieldError[] {
  if (sameJson(attachment.spec, previous.spec)) return newAttachmentErrors(attachment)
  return [{ type: 'FieldValueInvalid', field: 'spec', value: attachment.spec, detail: 'field is immutable' }]
}
