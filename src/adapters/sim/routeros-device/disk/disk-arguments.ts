import { type Argument, type ArgumentTable, argumentTable, REFERENCES } from '../arguments.ts'
import { choice, fileSize, flag, path, text, type ValueKind, whole } from '../value-kinds.ts'

/** One setting of a disk: an argument with the value of an item that was not told another. */
export interface DiskSetting extends Argument {
  readonly initial: string
}

const arg = (kind: ValueKind, initial = ''): DiskSetting => ({ kind, initial })
const port = whole(1, 65_535)

/** Types of the manual; only `file` can be added to the simulated device. */
const TYPES = 'raid nvme-tcp iscsi nfs smb partition tmpfs ramdisk crypted sshfs file hardware'.split(' ')

/** Arguments that matter to file disks, with the read-back of the captures (RDS2216, 7.24.4). */
const FILE_DISK: Readonly<Record<string, DiskSetting>> = {
  type: arg(choice(...TYPES)),
  slot: arg(text),
  comment: arg(text),
  disabled: arg(flag, 'false'),
  'file-path': arg(path),
  'file-size': arg(fileSize),
  'file-offset': arg(whole(0, Number.MAX_SAFE_INTEGER), '0'),
  'mount-filesystem': arg(flag, 'true'),
  'mount-read-only': arg(flag, 'false'),
  compress: arg(flag, 'false'),
  swap: arg(flag, 'false'),
  'raid-master': arg(text, 'none'),
  parent: arg(text),
  'iscsi-export': arg(flag, 'false'),
  'nfs-sharing': arg(flag, 'false'),
  'smb-sharing': arg(flag, 'false'),
  'media-sharing': arg(flag, 'false'),
  'media-interface': arg(text, 'none'),
  'nvme-tcp-export': arg(flag, 'false'),
  'nvme-tcp-server-port': arg(port, '4420'),
  'nvme-tcp-server-nqn': arg(text),
  'nvme-tcp-server-allow-host-name': arg(text),
  'nvme-tcp-server-password': arg(text),
}

/** The rest of the schema of 7.24: taken and kept, without any effect on a file disk. */
const OF_OTHER_TYPES =
  `crypted-backend encryption-key iscsi-address iscsi-iqn iscsi-port iscsi-server-iqn iscsi-server-port
  mount-point-template nfs-address nfs-share nvme-tcp-address nvme-tcp-host-name nvme-tcp-nqn nvme-tcp-password
  nvme-tcp-port partition-number partition-offset partition-size raid-chunk-size raid-device-count
  raid-max-component-size raid-member-failed raid-role raid-type ramdisk-size self-encryption-password smb-address
  smb-encryption smb-password smb-server-encryption smb-server-password smb-server-user smb-share smb-user
  sshfs-address sshfs-password sshfs-path sshfs-port sshfs-user tmpfs-max-size`.split(/\s+/)

/** Every setting of `/disk/add` and `/disk/set`; 7.24 schema. */
export const DISK_SETTINGS: ReadonlyMap<string, DiskSetting> = new Map([
  ...Object.entries(FILE_DISK),
  ...OF_OTHER_TYPES.map((name): [string, DiskSetting] => [name, arg(text)]),
])

/** What `/disk/add` takes; `copy-from` is the generic argument of every add (manual, "Scripting"). */
export const DISK_ADD: ArgumentTable = new Map([...DISK_SETTINGS, ...argumentTable({ 'copy-from': text })])

/** What `/disk/set` takes. */
export const DISK_SET: ArgumentTable = new Map<string, Argument>([...DISK_SETTINGS, ...REFERENCES])
