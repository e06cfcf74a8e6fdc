import { area, guessed, inferred, stated, weak } from './behaviour.ts'

/** `/disk`. */
export const DISK = area('/disk', {
  '': [
    stated('MAN SC', 'A slot is accepted wherever an `.id` is.'),
    guessed('', 'An `.id` is stable for ever.', 'idStability'),
    guessed('', 'After a restart the pool is mounted when the services answer.', 'poolAfterRestart'),
    inferred('MAN', 'Items are configuration: they survive a restart.'),
  ],
  'print getall': [
    stated('SC', 'Sizes are plain bytes, booleans `true` and `false`.'),
    stated('MAN SC', '`fs`, `fs-label`, `fs-uuid`, `free`, `use`, `mount-point` and inodes only while mounted.'),
    stated('SC', 'A file disk reads `file-path` back with a leading slash, and has it as `model`, too.'),
    weak('SC', '`nvme-tcp-server-*` are omitted while the disk is not exported.', 'exportPropsShownWhenOff'),
    stated(
      'MAN SC',
      'An array is `type=raid` with `state`; its members have `raid-master`, `raid-role`, `raid-member-state`.',
    ),
    stated('MAN', '`nvme-tcp-server-password` is shown only to a user with `sensitive`.'),
    stated('MAN', 'With `stats`, or asked for by name, it has the counters of the traffic, too.'),
  ],
  listen: [stated('MAN', 'One `!re` for each item that changes; `.dead=yes` when it is gone.')],
  add: [
    stated('RESTRAML', 'Takes the arguments of the schema of 7.24; any other is an unknown parameter.'),
    stated('MAN', 'Answers `ret` with the new `.id`.'),
    stated('MAN', 'Without `slot`: `file-` and the path with its slashes as dashes.'),
    stated('SC RESTRAML', 'A slot has at most 32 characters.', 'slotMaxLength'),
    guessed('', 'A slot that is taken is refused.'),
    stated('SC MAN', 'Suffixes of `file-size` are binary: `1T` is 1,099,511,627,776 bytes.'),
    stated('MAN', 'Without `file-size`, or with `auto`, the file that is there is attached as it is.'),
    guessed('', 'With `file-size`, a file that is there is refused.', 'addWithExistingFile'),
    guessed('', 'A second disk on one file is refused.', 'sameFileTwice'),
    weak('UP', 'Its directory must be there.', 'missingDirectory'),
    inferred('SC', 'A file takes its full size from the pool at once.', 'allocation'),
    guessed('UP', 'Without space for it, it is refused.'),
    guessed('', 'A refused `add` leaves no file.', 'failedAddLeavesFile'),
    stated('MAN', '`compress` is for the items of btrfs only: `compression only available for btrfs`.'),
    guessed('', 'Other types than `file` are refused: they are not simulated.'),
    inferred('MAN', '`copy-from` copies settings, export and NQN included, and never bytes.'),
    guessed('', 'A file on a read-only snapshot can not be a disk.', 'diskOnReadOnlySnapshot'),
    guessed('', 'A second export under one NQN is refused.', 'secondExportOfOneNqn'),
  ],
  'set unset comment enable disable': [
    guessed('', 'Takes a comment of any length.', 'longComment'),
    stated('MAN', 'Answers nothing; takes comma lists of items.'),
    stated('CLIENTS', 'An item that is not there: `no such item`.'),
    guessed('RESTRAML UP', '`file-size` grows the file.', 'setFileSize'),
    guessed('', '`file-size` below the present size is refused.'),
    guessed('', '`type` and `file-path` of an item can not be changed.'),
    guessed('KSRC', 'A changed allowed host keeps live sessions.', 'allowHostChangeDropsSessions'),
    guessed('', 'Other settings of an exported disk keep live sessions.', 'anySetDropsSessions'),
    guessed('', '`disabled=yes` ends live sessions.', 'disableDropsSessions'),
  ],
  remove: [
    stated('MAN SC UP', 'The backing file stays.'),
    guessed('', 'An exported disk can be removed.', 'removeExported'),
    guessed('', 'A disk that is being copied can not be removed.'),
  ],
  copy: [
    stated(
      'MAN',
      'Copies bytes between disks, with offsets and size, and tells `status` as `<copied> / <total> (<pct>%)`.',
    ),
    weak('MAN', 'Slots of file disks are sources and destinations.', 'diskCopySlots'),
    stated('MAN', 'The destination must be there and be large enough; it keeps its size.'),
  ],
  'monitor-traffic': [
    stated('UP MAN', 'With `once` one row, otherwise a row each second for `duration`, or until it is cancelled.'),
    stated('UP', 'Has the captured properties, in their order; the pool counts what its disks do.'),
    inferred('MAN', 'Counters and rates (bits per second) are plain numbers over the API.'),
    stated('UP', 'Times are composite durations such as `48s149ms`.'),
    weak('SC', 'The right `read` is enough.', 'trafficPolicy'),
  ],
  'reset-counters': [stated('RESTRAML', 'The counters begin anew at zero.')],
  'raid-scrub raid-scrub-cancel': [weak('SC', 'The `state` of the array says so while it lasts.')],
  'nvme-discover': [
    stated('MAN', 'Tells of the exports on a port that let the host in, with the fields of the manual.'),
  ],
  'scan check trim blink': [guessed('RESTRAML', 'Succeed for any item, and do nothing that could be seen.')],
})

/** What hosts meet that connect to exported disks. */
export const EXPORTS = area('NVMe/TCP exports', {
  '': [
    stated('SC', 'One NQN for each exported disk, many of them on port 4420, through every address of the device.'),
    stated('MAN', 'A disk can be exported on a port of its own.'),
    stated(
      'MAN',
      'Before 7.21, and perhaps later, an export without `nvme-tcp-server-nqn` has the slot for NQN.',
      'defaultNqn',
    ),
    inferred('KSRC', 'A host that is not the allowed one is refused, and does not see the NQN in discovery.'),
    guessed('RESTRAML', 'A comma in the allowed host is part of one name.', 'allowHostList'),
    inferred('KSRC', 'Turning an export off, or removing its disk, ends all of its sessions.'),
    inferred('KSRC', 'A grown disk shows its new size when its export is turned off and on.', 'resizeVisible'),
    inferred('KSRC', 'Serial number and namespace id change with every new export.'),
    stated('MAN', 'The firewall sees the TCP port of an export and the address of the host.'),
    guessed('', 'A rule also ends connections that were let in before.', 'firewallEstablished'),
  ],
})
