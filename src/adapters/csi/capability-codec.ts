import {
  type AccessMode,
  capabilityProblem,
  type Capability,
  type FilesystemCapability,
} from '../../domain/capability.ts'
import { FILESYSTEM_TYPES, isFilesystemType } from '../../domain/filesystem.ts'
import { invalid, quoted, textProblem } from './fields.ts'
import {
  type VolumeCapability,
  type VolumeCapability_AccessMode,
  VolumeCapability_AccessMode_Mode,
  type VolumeCapability_MountVolume,
} from './gen/csi/v1/csi_pb.ts'

/** Limits of the CSI specification: the flags of a capability together, and a bound for one of them. */
const LONGEST_FLAGS = 4096
const LONGEST_FLAG = 256

const MODES = new Map<number, AccessMode>(
  Object.entries(VolumeCapability_AccessMode_Mode)
    .filter(([name]) => name !== 'UNKNOWN')
    .map(([name, number]) => [number, name as Exclude<AccessMode, 'UNKNOWN'>]),
)

/** How a volume is to be used. Whether that is safe is for others to say; what it says is complete and well-formed. */
export function readCapability(field: string, message: VolumeCapability | undefined): Capability {
  if (message === undefined) throw invalid(field, 'is missing')
  const { accessType, accessMode } = message
  if (accessType.case === undefined) throw invalid(field, 'has no access_type: block or mount is needed')
  const mode = readMode(`${field}.access_mode`, accessMode)
  return accessType.case === 'block' ? { use: 'block', mode } : readMount(`${field}.mount`, accessType.value, mode)
}

/** Capabilities asked for one volume; that there is one at all is checked where they are weighed against each other. */
export const readCapabilities = (field: string, messages: readonly VolumeCapability[]): readonly Capability[] =>
  messages.map((message, index) => readCapability(`${field}[${index}]`, message))

/** The capability of a call that uses a volume: complete, well-formed and safe. */
export function usableCapability(field: string, message: VolumeCapability | undefined): Capability {
  const capability = readCapability(field, message)
  const problem = capabilityProblem(capability)
  if (problem !== undefined) throw invalid(`${field}:`, problem)
  return capability
}

function readMode(field: string, message: VolumeCapability_AccessMode | undefined): AccessMode {
  const mode = MODES.get(message?.mode ?? 0)
  if (mode !== undefined) return mode
  const problem = message === undefined || message.mode === 0 ? 'is missing' : `${message.mode} is unknown`
  throw invalid(field, `${problem}: one of ${[...MODES.values()].join(', ')} is needed`)
}

function readMount(field: string, message: VolumeCapability_MountVolume, mode: AccessMode): FilesystemCapability {
  const { fsType, mountFlags, volumeMountGroup } = message
  if (fsType !== '' && !isFilesystemType(fsType)) {
    throw invalid(
      `${field}.fs_type`,
      `${quoted(fsType)} is not served: one of ${FILESYSTEM_TYPES.join(', ')} is allowed`,
    )
  }
  if (volumeMountGroup !== '') {
    throw invalid(`${field}.volume_mount_group`, 'is not served (VOLUME_MOUNT_GROUP is not advertised): leave it empty')
  }
  checkFlags(`${field}.mount_flags`, mountFlags)
  return { use: 'filesystem', mode, fsType: fsType === '' ? undefined : fsType, mountFlags }
}

function checkFlags(field: string, flags: readonly string[]): void {
  for (const [index, flag] of flags.entries()) {
    const problem = flag === '' ? 'is empty' : textProblem(flag, LONGEST_FLAG)
    if (problem !== undefined) throw invalid(`${field}[${index}]`, problem)
  }
  const bytes = Buffer.byteLength(flags.join(','))
  if (bytes > LONGEST_FLAGS) throw invalid(field, `have ${bytes} bytes together: at most ${LONGEST_FLAGS} are allowed`)
}
