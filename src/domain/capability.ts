import type { Access } from './attachment.ts'

/** The access modes of CSI, by their names there. */
export type AccessMode =
  | 'SINGLE_NODE_WRITER'
  | 'SINGLE_NODE_SINGLE_WRITER'
  | 'SINGLE_NODE_MULTI_WRITER'
  | 'SINGLE_NODE_READER_ONLY'
  | 'MULTI_NODE_READER_ONLY'
  | 'MULTI_NODE_SINGLE_WRITER'
  | 'MULTI_NODE_MULTI_WRITER'
  | 'UNKNOWN'

/** How a volume is to be used. */
export type Capability = BlockCapability | FilesystemCapability
export interface BlockCapability {
  readonly use: 'block'
  readonly mode: AccessMode
}
export interface FilesystemCapability {
  readonly use: 'filesystem'
  readonly mode: AccessMode
  /** `ext4`, `xfs` …; undefined where the StorageClass or the default decides. */
  readonly fsType: string | undefined
  readonly mountFlags: readonly string[]
}

const ONE_NODE: ReadonlySet<AccessMode> = new Set([
  'SINGLE_NODE_WRITER',
  'SINGLE_NODE_SINGLE_WRITER',
  'SINGLE_NODE_MULTI_WRITER',
  'SINGLE_NODE_READER_ONLY',
])

/** Whether several nodes may hold a volume of this capability: only a block volume that is being live-migrated may. */
export const accessOf = ({ use, mode }: Capability): Access =>
  use === 'block' && mode === 'MULTI_NODE_MULTI_WRITER' ? 'migratable' : 'exclusive'

/** Only a reader, whoever asks to write. */
export const isReadOnly = ({ mode }: Capability): boolean => mode === 'SINGLE_NODE_READER_ONLY'

/** Whether its mounts take no writes: by the access mode, or because a mount flag says so (`ro`, also in `noatime,ro`). */
export const isMountedReadOnly = (capability: Capability): boolean =>
  isReadOnly(capability) ||
  (capability.use === 'filesystem' && capability.mountFlags.flatMap(flags => flags.split(',')).includes('ro'))

/** Why this cannot be served safely and what to do instead, or undefined where it can. */
export function capabilityProblem(capability: Capability): string | undefined {
  const { use, mode } = capability
  if (ONE_NODE.has(mode)) return undefined
  if (mode === 'UNKNOWN') return 'access mode is missing'
  if (use === 'block' && mode === 'MULTI_NODE_MULTI_WRITER') return undefined
  if (use === 'filesystem') {
    return (
      `access mode ${mode} with a file system would let two nodes write one file system, which destroys its data ` +
      '(DATA CORRUPTION). Use ReadWriteOnce, or a block volume (volumeMode: Block) with ReadWriteMany for the live ' +
      'migration of one virtual machine; see docs/kubevirt-migration.md'
    )
  }
  return (
    `access mode ${mode} is not served: a block volume is for one node, or ReadWriteMany (MULTI_NODE_MULTI_WRITER) for ` +
    'the live migration of one virtual machine; see docs/kubevirt-migration.md'
  )
}

/** What is wrong with a set of capabilities asked for one volume, or undefined. */
export function capabilitiesProblem(capabilities: readonly Capability[]): string | undefined {
  if (capabilities.length === 0) return 'at least one is needed'
  if (new Set(capabilities.map(capability => capability.use)).size > 1) {
    return 'block and file system contradict each other: a volume is one or the other'
  }
  const types = new Set(capabilities.flatMap(c => (c.use === 'filesystem' && c.fsType !== undefined ? [c.fsType] : [])))
  if (types.size > 1) return `file system types ${[...types].join(', ')} contradict each other`
  return capabilities.map(capabilityProblem).find(problem => problem !== undefined)
}

/** The terms of a seat: what a repeated publish must ask for again. */
export const termsOf = ({ use, mode }: Capability, readOnly: boolean): string =>
  `${mode}/${use}${readOnly ? '/read-only' : ''}`
