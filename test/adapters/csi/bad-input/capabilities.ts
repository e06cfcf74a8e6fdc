import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  VolumeCapability_AccessMode_Mode as MODE,
  type VolumeCapabilitySchema,
} from '../../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { block, mount } from '../service-rig.ts'

type Shape = MessageInitShape<typeof VolumeCapabilitySchema>

const mode = { mode: MODE.SINGLE_NODE_WRITER }
const many = (count: number, flag: string) => Array.from({ length: count }, () => flag)

/** Capabilities that say too little or something that cannot be, and what of the field the message names. */
export const malformed: readonly (readonly [what: string, capability: Shape, names: RegExp])[] = [
  ['without access type', { accessMode: mode }, /access_type: block or mount/],
  ['without access mode', { accessType: { case: 'block', value: {} } }, /access_mode is missing.*SINGLE_NODE_WRITER/],
  ['of mode UNKNOWN', block(MODE.UNKNOWN), /access_mode is missing/],
  ['of a mode that there is not', block(99), /access_mode 99 is unknown: one of/],
  ['of a negative mode', block(-1), /access_mode -1 is unknown/],
  ['with an unknown file system', mount('ntfs'), /mount\.fs_type "ntfs".*ext4, xfs/],
  ['with a command for a file system', mount('ext4;reboot'), /mount\.fs_type/],
  ['with a newline in its file system', mount('ext4\n'), /mount\.fs_type "ext4\\n"/],
  ['with a mount group', mount('ext4', { volumeMountGroup: '1000' }), /mount\.volume_mount_group.*leave it empty/],
  ['with an empty mount flag', mount('ext4', { mountFlags: ['noatime', ''] }), /mount\.mount_flags\[1\] is empty/],
  [
    'with a newline in a mount flag',
    mount('ext4', { mountFlags: ['a\nb'] }),
    /mount\.mount_flags\[0\] contains control/,
  ],
  ['with a NUL in a mount flag', mount('ext4', { mountFlags: ['a\0'] }), /mount\.mount_flags\[0\]/],
  [
    'with a mount flag too long',
    mount('ext4', { mountFlags: ['x'.repeat(257)] }),
    /mount_flags\[0\] has 257 bytes.*256/,
  ],
  ['with too many mount flags', mount('ext4', { mountFlags: many(400, 'relatime-and-so') }), /mount_flags have .*4096/],
]

/** Complete and well-formed, and not to be served. */
export const unsafe: readonly (readonly [what: string, capability: Shape, names: RegExp])[] = [
  ['a file system for many writers', mount('ext4', { mode: MODE.MULTI_NODE_MULTI_WRITER }), /DATA CORRUPTION/],
  ['a file system for many readers', mount('ext4', { mode: MODE.MULTI_NODE_READER_ONLY }), /MULTI_NODE_READER_ONLY/],
  ['a file system for one of many', mount('', { mode: MODE.MULTI_NODE_SINGLE_WRITER }), /MULTI_NODE_SINGLE_WRITER/],
  ['a device for many readers', block(MODE.MULTI_NODE_READER_ONLY), /MULTI_NODE_READER_ONLY is not served/],
  ['a device for one of many', block(MODE.MULTI_NODE_SINGLE_WRITER), /MULTI_NODE_SINGLE_WRITER is not served/],
]
