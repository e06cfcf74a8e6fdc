import { area, guessed, stated, weak } from './behaviour.ts'

/** What a check of the device reads, who may log in, and what runs. */
export const SYSTEM = [
  ...area('/system/resource', {
    print: [
      stated('MAN CHR', '`version` has the channel: `7.24.4 (stable)`; `uptime` is a duration such as `1d7h44m20s`.'),
      weak('SKILLS', 'Over REST it asks for the right `test`, too.', 'resourcePolicy'),
    ],
  }),
  ...area('/system/identity', { 'print set': [stated('MAN CHR', 'One value, `name`.')] }),
  ...area('/system/package', { 'print getall': [stated('MAN', 'The file services are the package `rose-storage`.')] }),
  ...area('/system/routerboard', { print: [stated('MAN', 'Model and serial number of the hardware.')] }),
  ...area('/system/health', {
    'print getall': [stated('MAN', 'Rows of `name`, `value` and `type`, such as a temperature in C.')],
  }),
  ...area('/system/clock', { print: [stated('CHR', '`date` is `YYYY-MM-DD`, `time` is `HH:MM:SS`.')] }),
  ...area('/system/script/job', {
    'print getall remove': [weak('MAN', 'What `/execute` began is listed until it ends; removing it ends it.')],
  }),
  ...area('/user', { 'print getall': [stated('CHR', 'Passwords are never read back.')] }),
  ...area('/user/group', { 'print getall': [stated('MAN', '`read`, `write`, `full` and their policies.')] }),
  ...area('/ip/service', {
    'print getall': [stated('MAN CHR', 'Each service with its port and `max-sessions`; 20 by default.')],
  }),
  ...area('/ip/firewall/filter', {
    'print getall': [stated('CHR', 'Matchers appear only when they are set; `bytes` and `packets` always.')],
    'add set remove enable disable comment reset-counters': [
      stated('MAN', 'Rules are tried in their order; the first that matches decides.'),
    ],
    move: [
      stated('CHR MAN', 'Before `destination`, without it to the end of the table; a moved rule keeps its `.id`.'),
    ],
  }),
  ...area('/ip/firewall/address-list', {
    'print getall': [stated('CHR', '`creation-time`, `disabled` and `dynamic` are always there.')],
    'add set remove enable disable comment': [
      stated('CHR MAN', 'One address twice in one list is refused: `failure: already have such entry`.'),
    ],
  }),
  ...area('/ip/firewall/connection', {
    'print getall remove': [
      guessed('MAN', 'Connections to exported disks; one that was removed has to be let in again.'),
    ],
  }),
]
