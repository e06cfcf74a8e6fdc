import { changedAttachmentErrors, newAttachmentErrors } from './attachment-rules.ts'
import { coreEventForm, eventsEventForm } from './event-forms.ts'
import { changedEventErrors, coreEventErrors, newEventErrors } from './event-rules.ts'
import { type Kind, kindOf, METADATA_LABELS, type Row } from './kind.ts'

const REFERENCE_MEMBERS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath']

function eventLabels(reference: string, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const members = REFERENCE_MEMBERS.map(member => [`${reference}.${member}`, `involvedObject.${member}`])
  return { ...METADATA_LABELS, reason: 'reason', type: 'type', ...Object.fromEntries(members), ...more }
}

const EVENT = {
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  createOnUpdate: true,
  returnsDeleted: false,
  namesItsFieldLabels: true,
  microTimes: ['eventTime', 'series.lastObservedTime'],
} as const

const CORE: readonly Row[] = [
  {
    group: '',
    plural: 'namespaces',
    kind: 'Namespace',
    shortNames: ['ns'],
    names: 'label',
    status: 'metadata-follows',
    newStatus: { phase: 'Active' },
    fieldLabels: { 'metadata.name': 'metadata.name', 'status.phase': 'status.phase' },
    namesItsFieldLabels: true,
  },
  {
    group: '',
    plural: 'nodes',
    kind: 'Node',
    shortNames: ['no'],
    status: 'metadata-follows',
    returnsDeleted: false,
    fieldLabels: { 'metadata.name': 'metadata.name' },
    namesItsFieldLabels: true,
  },
  {
    group: '',
    plural: 'persistentvolumes',
    kind: 'PersistentVolume',
    shortNames: ['pv'],
    status: 'metadata-follows',
    newStatus: { phase: 'Pending' },
    defaults: { spec: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' } },
  },
  // Nothing makes pods here; `kubectl describe` lists them to tell who uses a claim.
  { group: '', plural: 'pods', kind: 'Pod', shortNames: ['po'], namespaced: true, status: 'metadata-follows' },
  {
    group: '',
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    shortNames: ['pvc'],
    namespaced: true,
    status: 'metadata-follows',
    newStatus: { phase: 'Pending' },
    defaults: { spec: { volumeMode: 'Filesystem' } },
  },
  { group: '', plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'], namespaced: true },
  {
    ...EVENT,
    group: '',
    names: 'path-segment',
    fieldLabels: eventLabels('involvedObject', {
      reportingComponent: 'reportingComponent',
      source: 'source.component',
    }),
    form: coreEventForm,
    newErrors: coreEventErrors,
    changeErrors: coreEventErrors,
  },
]

const GROUPS: readonly Row[] = [
  {
    ...EVENT,
    group: 'events.k8s.io',
    fieldLabels: eventLabels('regarding', { reportingController: 'reportingComponent' }),
    form: eventsEventForm,
    newErrors: newEventErrors,
    changeErrors: changedEventErrors,
  },
  {
    group: 'storage.k8s.io',
    plural: 'volumeattachments',
    kind: 'VolumeAttachment',
    status: 'metadata-kept',
    newStatus: { attached: false },
    unconditionalUpdate: false,
    newErrors: newAttachmentErrors,
    changeErrors: changedAttachmentErrors,
  },
  { group: 'storage.k8s.io', plural: 'csinodes', kind: 'CSINode', unconditionalUpdate: false },
  { group: 'storage.k8s.io', plural: 'csidrivers', kind: 'CSIDriver', unconditionalUpdate: false },
  {
    group: 'storage.k8s.io',
    plural: 'storageclasses',
    kind: 'StorageClass',
    shortNames: ['sc'],
    defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  },
  // Of the snapshot controller.
  {
    group: 'snapshot.storage.k8s.io',
    plural: 'volumesnapshotcontents',
    kind: 'VolumeSnapshotContent',
    shortNames: ['vsc'],
    status: 'metadata-kept',
    newStatus: {},
    unconditionalUpdate: false,
  },
  {
    group: 'coordination.k8s.io',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
    unconditionalUpdate: false,
    createOnUpdate: true,
    returnsDeleted: false,
    microTimes: ['spec.acquireTime', 'spec.renewTime'],
  },
]

/** Every kind that is served. */
export const KINDS: readonly Kind[] = [...CORE, ...GROUPS].map(row => kindOf(row))

/** The kind served at that place, or undefined. */
export function findKind(group: string, version: string, plural: string): Kind | undefined {
  return KINDS.find(kind => kind.group === group && kind.version === version && kind.plural === plural)
}

/** The kind of that plural name, in the core group where two have it; throws RangeError for a name that is none. */
export function kindNamed(plural: string): Kind {
  const kind = KINDS.find(candidate => candidate.plural === plural)
  if (kind === undefined) throw new RangeError(`no kind is called ${plural}`)
  return kind
}
