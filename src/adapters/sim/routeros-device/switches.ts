/**
 * What is contradictory or unknown about a real device: nothing here may be relied upon by a driver, so each point can
 * be had both ways. A default is what seems likeliest, or the more awkward way where nothing is known.
 */
export interface DeviceSwitches {
  /** Longest slot in characters. 32 measured on 7.24.4; an older release took 40. Infinity: none. */
  readonly slotMaxLength: number
  /** Whether `nvme-tcp-server-*` of a disk that is not exported is read back. Unknown over the API; the console omits it. */
  readonly exportPropsShownWhenOff: boolean
  /** NQN of an export without `nvme-tcp-server-nqn`: the slot before 7.21, unknown since; iSCSI has a prefix. */
  readonly defaultNqn: 'slot' | 'prefixed'
  /** Life of an item's `.id`. Unknown. */
  readonly idStability: 'stable' | 'reused' | 'renumberedAtRestart'
  /** `add` with `file-size` on a file that exists. Unknown (without a size it is attached as it is: manual). */
  readonly addWithExistingFile: 'refused' | 'attached' | 'resized'
  /** A second disk on one backing file. Unknown. */
  readonly sameFileTwice: 'refused' | 'accepted'
  /** `add` below a directory that is not there. Unknown; `emptyItem` is a disk in state E. */
  readonly missingDirectory: 'refused' | 'created' | 'emptyItem'
  /** A second export under one NQN. Unknown. */
  readonly secondExportOfOneNqn: 'refused' | 'accepted'
  /** `remove` of a disk that is exported. No refusal documented; unknown. */
  readonly removeExported: 'allowed' | 'refused'
  /** `/file/remove` of a disk's backing file. Unknown. */
  readonly removeFileInUse: 'allowed' | 'refused'
  /** `/file/remove` of a directory that is not empty. Unknown. */
  readonly removeDirectory: 'recursive' | 'refused'
  /** A changed allowed host cuts the live sessions. Stock Linux 5.6 keeps them; unknown for RouterOS. */
  readonly allowHostChangeDropsSessions: boolean
  /** Any `set` on an exported disk re-exports it, and so cuts its sessions. Unknown. */
  readonly anySetDropsSessions: boolean
  /** `disabled=yes` cuts live sessions. Unknown. */
  readonly disableDropsSessions: boolean
  /** Several host NQNs with commas in between. Unknown. */
  readonly allowHostList: 'literal' | 'list'
  /** What an `add` leaves in `/file` that was refused for its slot, its NQN or want of space. Unknown. */
  readonly failedAddLeavesFile: 'nothing' | 'empty' | 'partial'
  /** Whether `set file-size` grows the file at all. In the schema; never shown on hardware. */
  readonly setFileSize: 'grows' | 'refused'
  /** When hosts see a grown export. Linux 5.6 reads the size when the namespace is enabled; unknown for RouterOS. */
  readonly resizeVisible: 'atOnce' | 'afterReexport'
  /** Whether a file takes its full size from the pool at once. Measured on XFS; unknown on btrfs. */
  readonly allocation: 'thick' | 'thin'
  /** What `/file/print` without `path` and `recursive` lists. A capture of 2025 has nested files; unknown since 7.18. */
  readonly filePrintDefault: 'nested' | 'topLevel'
  /** Whether the pool is mounted when the API answers after a restart. Unknown; `later`: `mountPool()` mounts it. */
  readonly poolAfterRestart: 'mounted' | 'later'
  /** Whether the trap `no such item` carries its category. "Only some traps" do (manual). */
  readonly noSuchItemCategory: 'present' | 'missing'
  /** `no such item` or `no such item (4)`: both seen. */
  readonly noSuchItemText: 'plain' | 'numbered'
  /** All three texts for an unknown command have been seen. */
  readonly unknownCommandText: 'command' | 'prefix' | 'directory'
  /** Texts that nobody has captured: guesses of other drivers, or one text for all. */
  readonly unknownTexts: 'guessed' | 'opaque'
  /** `/cancel` of a tag that is not in flight. Unknown. */
  readonly cancelUnknownTag: 'done' | 'trap'
  /** A connection beyond max-sessions. Unknown. */
  readonly overMaxSessions: 'closed' | 'reset' | 'queued'
  /** A command whose connection went away before its effect. Unknown. */
  readonly vanishedClient: 'finishes' | 'abandoned'
  /** What becomes of a comment of more than 255 characters. Its limit is unknown. */
  readonly longComment: 'kept' | 'refused' | 'cut'
  /** Which traps but `no such item` carry a category. "Only some" (manual); which ones is unknown. */
  readonly trapCategory: 'some' | 'none' | 'all'
  /** How a command over SSH tells of its refusal. Captured on stdout with exit 0 (7.23.1); others expect an exit code. */
  readonly sshErrors: 'stdoutExit0' | 'stdoutExit1' | 'stderrExit1'
  /** Further channels on an SSH connection that has one. One driver saw trouble; unknown. */
  readonly sshChannels: 'served' | 'refused' | 'queued' | 'closed'
  /** Where the console wraps without a terminal. One source saw no wrapping, another one 80 columns. */
  readonly consoleWrap: 'none' | '80'
  /** Indent of a wrapped line of `print detail`: under the first field, or 15 spaces. Both captured. */
  readonly consoleIndent: 'firstField' | '15'
  /** Whether a print without any item has its legend. Contradictory. */
  readonly legendWhenEmpty: boolean
  /** What REST answers for an id that is not there. Both seen. */
  readonly restUnknownId: '404' | '400'
  /** What REST says of a refused `PATCH` or `DELETE`: the manual has the reason hidden, a 7.23.7 was seen to tell it. */
  readonly restRefusedChange: 'identifier' | 'reason'
  /** What lies in a snapshot where its source has a subvolume. An empty folder on Linux; unknown for RouterOS. */
  readonly nestedSubvolumesInSnapshot: 'empty' | 'included'
  /** Whether a snapshot or writable clone takes its size from the pool at once. Unknown; btrfs shares the blocks. */
  readonly snapshotSpace: 'none' | 'counted'
  /** A subvolume whose name lies below a plain folder. The manual shows it below another subvolume only. */
  readonly subvolumeBelowDirectory: 'accepted' | 'refused'
  /** What `parent=` of a subvolume whose name is a path is called. Unknown; its property `name` is the last part (manual). */
  readonly subvolumeParent: 'either' | 'fullname' | 'leaf'
  /** When a removed subvolume is gone from the listing; until then it has the flag D. */
  readonly subvolumeRemoval: 'later' | 'atOnce'
  /** `remove` of a subvolume that holds a disk's backing file. Unknown. */
  readonly removeSubvolumeInUse: 'refused' | 'allowed'
  /** A file disk on a path in a read-only snapshot. Unknown; when accepted, its writes fail. */
  readonly diskOnReadOnlySnapshot: 'refused' | 'accepted'
  /** Whether `/disk/copy` takes file disks by their slots. Documented for "disk, partition or file". */
  readonly diskCopySlots: 'accepted' | 'refused'
  /** How `/file/copy` copies: byte by byte, or by sharing blocks in no time. Unknown. */
  readonly fileCopy: 'bytes' | 'reflink'
  /** The right that `monitor-traffic` asks for. Contradictory. */
  readonly trafficPolicy: 'read' | 'test'
  /** The right that `/system/resource` asks for over REST. One source saw it refused without `test`; the manual reads it. */
  readonly resourcePolicy: 'test' | 'read'
  /** Whether the firewall's rules hold for the packets of a connection that it has let in before. A fast path may skip them. */
  readonly firewallEstablished: 'everyPacket' | 'newOnly'
}

/** The switches as they stand without being told otherwise. */
export const DEFAULT_SWITCHES: DeviceSwitches = {
  slotMaxLength: 32,
  exportPropsShownWhenOff: false,
  defaultNqn: 'slot',
  idStability: 'stable',
  addWithExistingFile: 'refused',
  sameFileTwice: 'refused',
  missingDirectory: 'refused',
  secondExportOfOneNqn: 'refused',
  removeExported: 'allowed',
  removeFileInUse: 'refused',
  removeDirectory: 'recursive',
  allowHostChangeDropsSessions: false,
  anySetDropsSessions: false,
  disableDropsSessions: true,
  allowHostList: 'literal',
  failedAddLeavesFile: 'nothing',
  setFileSize: 'grows',
  resizeVisible: 'afterReexport',
  allocation: 'thick',
  filePrintDefault: 'nested',
  poolAfterRestart: 'mounted',
  noSuchItemCategory: 'present',
  noSuchItemText: 'plain',
  unknownCommandText: 'command',
  unknownTexts: 'guessed',
  cancelUnknownTag: 'trap',
  overMaxSessions: 'closed',
  vanishedClient: 'finishes',
  longComment: 'kept',
  trapCategory: 'some',
  sshErrors: 'stdoutExit0',
  sshChannels: 'served',
  consoleWrap: 'none',
  consoleIndent: 'firstField',
  legendWhenEmpty: false,
  restUnknownId: '404',
  restRefusedChange: 'identifier',
  nestedSubvolumesInSnapshot: 'empty',
  snapshotSpace: 'none',
  subvolumeBelowDirectory: 'accepted',
  subvolumeParent: 'either',
  subvolumeRemoval: 'later',
  removeSubvolumeInUse: 'refused',
  diskOnReadOnlySnapshot: 'refused',
  diskCopySlots: 'accepted',
  fileCopy: 'bytes',
  trafficPolicy: 'read',
  resourcePolicy: 'test',
  firewallEstablished: 'everyPacket',
}
