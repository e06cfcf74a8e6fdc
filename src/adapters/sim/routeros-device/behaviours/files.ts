import { area, guessed, inferred, stated, weak } from './behaviour.ts'

/** `/file`. */
export const FILES = area('/file', {
  'print getall': [
    stated('SC UP', 'Names have no leading slash; ids are `**HEX`.'),
    stated('UP MAN', '`type` is `directory`, `disk` for a mount point, or the extension and `file`.'),
    weak('UP', 'Without `path` and `recursive`, nested files are listed as well.', 'filePrintDefault'),
    stated('RESTRAML', 'Takes `path`, `recursive`, `relative`, `show-hidden`, `recursive-print`.'),
    stated('MAN', '`last-modified` is `YYYY-MM-DD HH:MM:SS`.'),
  ],
  add: [
    stated(
      'RESTRAML MAN',
      '`type=directory` makes a directory, `type=file contents=` a file; a leading slash is accepted.',
    ),
    guessed('', 'A name that is taken is refused.'),
  ],
  set: [stated('RESTRAML', '`name` renames.'), guessed('', 'A file in use is not renamed.')],
  remove: [
    guessed('', 'A file that a disk uses is refused.', 'removeFileInUse'),
    guessed('', 'A directory goes with everything in it.', 'removeDirectory'),
    inferred('SC', 'The right `write` is enough.'),
  ],
  copy: [
    stated('RESTRAML', 'Calls its item `number` and takes `name`; 7.23 and later.'),
    guessed('', 'Copies byte by byte, and tells nothing meanwhile.', 'fileCopy'),
  ],
})

/** `/disk/btrfs`. */
export const BTRFS = [
  ...area('/disk/btrfs/subvolume', {
    'print getall': [
      stated(
        'MAN',
        'Has `name` (the last part), `fullname`, `top-level`, `uuid`, `generation`, `creation-time`, `snapshots`.',
      ),
    ],
    add: [
      stated(
        'MAN',
        '`fs` is the label of the file system; with `parent` it is a snapshot, with `read-only=yes` it can not be written.',
      ),
      inferred('MAN', 'A writable snapshot of a snapshot is a clone.'),
      inferred('MAN', 'A snapshot holds the bytes as they are at that moment.'),
      guessed('MAN', '`parent` is the full name, or the last part of it.', 'subvolumeParent'),
      guessed('LINUX', 'A snapshot is empty where its source has a subvolume.', 'nestedSubvolumesInSnapshot'),
      guessed('LINUX', 'A snapshot takes no space of its own.', 'snapshotSpace'),
      guessed('', 'A name below a plain directory is accepted.', 'subvolumeBelowDirectory'),
    ],
    set: [stated('RESTRAML MAN', '`read-only` and `name` can be changed; nothing else is simulated.')],
    comment: [stated('RESTRAML', 'Changes the comment.')],
    remove: [
      inferred('MAN', 'Its files are gone at once, its entry later: until then it has the flag D.', 'subvolumeRemoval'),
      guessed('', 'One that holds the file of a disk is refused.', 'removeSubvolumeInUse'),
      guessed('LINUX', 'One that holds another subvolume is refused.'),
    ],
  }),
  ...area('/disk/btrfs/filesystem', {
    'print getall': [
      stated('MAN', 'Only mounted btrfs; `label` is `<slot>-fs` unless it was changed.'),
      stated('MAN', '`spaces` is text for people; errors are counted by kind.'),
    ],
    set: [stated('MAN', '`label` can be changed.')],
    'scrub-start scrub-cancel reset-counters': [stated('MAN', 'Are there; a scrub ends at once.')],
  }),
]
