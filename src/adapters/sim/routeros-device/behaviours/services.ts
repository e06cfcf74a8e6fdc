import { area, guessed, inferred, stated, weak } from './behaviour.ts'

/** What every service has in common. */
const COMMON = area('every service', {
  '': [
    stated('MAN', 'At most `max-sessions` connections, 20 for each service.'),
    guessed('', 'One more is closed as soon as it is made.', 'overMaxSessions'),
    stated('MAN', 'A command needs the right of its kind: `read`, `write`, `test`; else `not enough permissions (9)`.'),
    stated(
      'CLIENTS',
      '`unknown parameter x`, `invalid value for argument x`, `input does not match any value of x`, `missing =x=`.',
    ),
    guessed('', 'Refusals that nobody has captured have the words that other drivers guess.', 'unknownTexts'),
    guessed('MAN', 'A command whose client is gone is carried out all the same.', 'vanishedClient'),
    stated('MAN', 'TLS 1.0 to 1.2, never 1.3; the simulated device offers 1.2.'),
    stated('MAN', 'Queries are a stack: values, `-`, `<`, `>`, and `#!`, `#&`, `#|`, `#.` and numbers.'),
    stated('MAN', '`count-only` answers the number of items; `.proplist` chooses properties.'),
  ],
})

const API = area('binary API', {
  '': [
    stated(
      'MAN',
      'Words of up to five bytes of length, sentences that end with an empty word, empty sentences ignored.',
    ),
    stated('MAN', 'Login in one sentence (6.43 and later); the user needs `api`.'),
    inferred(
      'CLIENTS',
      'A wrong login: `invalid user name or password (6)`; a command before it: `!fatal`, and the end.',
    ),
    stated('MAN', 'Tagged commands run at once, each reply carries its tag; untagged ones run after each other.'),
    stated('SKILLS CENTRS', 'A print without rows answers `!empty`, then `!done` (7.18 and later).'),
    stated('MAN', 'Every answer ends with `!done`, also after `!trap`.'),
    stated('MAN', '`/cancel` interrupts a tag: `!trap` with category 2 and `interrupted`, then `!done`.'),
    guessed('', '`/cancel` of a tag that is not in flight is refused.', 'cancelUnknownTag'),
    stated('MAN', 'The category is there for some traps only.', 'trapCategory'),
    guessed('CLIENTS', '`no such item` has its category.', 'noSuchItemCategory'),
    guessed('CLIENTS', '`no such item` has no number behind it.', 'noSuchItemText'),
    guessed('CLIENTS', 'An unknown command: `no such command`.', 'unknownCommandText'),
  ],
})

const REST = area('REST', {
  '': [
    stated('MAN', 'GET reads, PUT adds, PATCH sets, DELETE removes, POST does any command.'),
    stated('MAN', 'A list, or one object for a menu without records; a record by its `.id` or its name.'),
    stated(
      'MAN',
      'A list always has `.id`, whatever `.proplist` asks for; one record, and POST, have what was asked for.',
    ),
    stated('MAN CHR', 'Parameters of the URL filter by equality; all must match.'),
    stated('MAN', 'PUT: 201, the new record, its URL as `Location`. PATCH: 200 and the record. DELETE: 204.'),
    stated('MAN', 'POST: rows as a list, a value as `{"ret":…}`, nothing as `[]`; rows of a progress have `.section`.'),
    stated('MAN CHR', 'All values are strings, keys sorted; `error` is the only number.'),
    stated(
      'MAN',
      'Bodies may have numbers, octal and hexadecimal ones too, and booleans; exponents: `Failed to parse json`.',
    ),
    stated('MAN SKILLS', 'An asterisk as `%2A`: `no such command prefix`; the slash of a name must be `%2F`.'),
    stated(
      'MAN CHR',
      'A path that is not there: `no such command or directory (x)`; a GET of a command: `no such command`.',
    ),
    stated('CHR', 'A name where records have none: `no such command prefix`.'),
    stated('MAN CHR', 'An id that is not there: 404 without a reason.', 'restUnknownId'),
    stated('MAN', 'A refused PATCH or DELETE hides the reason; POST and PUT tell it.', 'restRefusedChange'),
    stated('MAN', 'PATCH and DELETE without the right to write look the same.'),
    stated('MAN SKILLS', 'Wrong login, or no `rest-api`: 401. No `api`: 500 `std failure: not allowed (9)`.'),
    stated('MAN', 'No right for the command: 500 `not enough permissions (9)`.'),
    stated('MAN', 'A body without `Content-Type: application/json`: 415.'),
    stated('MAN', 'Turned off: 403 with a page of HTML.'),
    stated('MAN CHR', 'OPTIONS: 503. HEAD: 501.'),
    stated('MAN', 'Requests of one user run one at a time, those of different users at once.'),
    stated('MAN', 'A request that runs for 60 seconds, and all that wait behind it: 400 `Session closed`.'),
    stated('MAN', 'A request whose client is gone keeps its place until it ends, or 60 seconds have passed.'),
    stated('MAN', 'A login is kept for 10 minutes: a new password counts at once, new rights with the next login.'),
    stated('MAN', '`/execute` answers the number of its job at once; with `as-string` it waits for the output.'),
    stated('CHR', 'A script of `/execute` that fails answers 200 with the words of the error.'),
    guessed('', 'A plus sign in the query of a URL is a space.'),
    guessed('', 'The largest body is 1 MiB; more is answered with 413.'),
  ],
})

const CONSOLE = area('console and SSH', {
  '': [
    stated('CENTRS', 'Without a terminal: no prompt, no echo, no colours; lines end with CR LF.'),
    stated('CENTRS', '`add`, `set` and `remove` print nothing when they succeed.'),
    stated('CENTRS', 'Errors are on stdout, and the exit code is 0.', 'sshErrors'),
    stated('CENTRS', 'Errors of the language tell `(line N column M)`.'),
    stated('CENTRS', 'An unknown parameter: `bad parameter x` on 7.22 and later, `syntax error` before.'),
    inferred(
      'MAN',
      '`set` and `remove` with a `find` that finds nothing are silent; by a name that is not there: `no such item`.',
    ),
    stated(
      'MAN RESTRAML',
      '`:serialize to=json options=json.no-string-conversion` keeps strings; without the option they become numbers.',
    ),
    stated(
      'SC',
      '`print as-value` has the default columns unless `detail` or `proplist` is given; sizes are whole numbers.',
    ),
    stated(
      'SC UP',
      '`print detail`: a legend of the flags present, strings in quotes, spaces between thousands, one decimal for sizes.',
    ),
    stated('SC MAN', 'The next unit of a size is used from ten of it on: 1 TiB is `1024.0GiB`.'),
    stated('MAN', 'A comment is a line of its own, `;;; text`.'),
    stated('SC', 'The places of items are those in the whole listing; each flag that any item has is a column.'),
    stated('UP', '`monitor-traffic` writes names and values aligned to the right; rates are decimal bits per second.'),
    stated('MAN', '`nvme-discover` writes its records as `nvme-cli` does.'),
    inferred('SC MAN UP', 'Lines leave the last column free, those of the older console two.'),
    weak('UP', 'A value that is longer than its line goes on below its own beginning.'),
    guessed('', 'Paths stand on lines of their own in the older console, as in its only capture.', 'consoleIndent'),
    guessed('', 'A print without `detail` is a table of those of its columns that any item has.'),
    guessed('', '`print as-value` has `.id` in any case, and properties in the order of their names.'),
    guessed('', 'A line is read to its end before any of it is carried out.'),
    stated('MAN', 'A line is one line: quotes and brackets end on it.'),
    inferred('MAN', 'In a condition a variable that is called like a property means the property.'),
    guessed('', 'Numbers and truth values are compared as such with texts that say one.'),
    weak('CENTRS', 'Nothing is wrapped without a terminal.', 'consoleWrap'),
    weak('SC', 'A wrapped line goes on below the first field.', 'consoleIndent'),
    guessed('', 'Without any item there is no legend.', 'legendWhenEmpty'),
    stated('MAN', 'A suffix of the user name such as `+ct200w` sets colours and width.'),
    stated('QCHR', 'Keys of users are ed25519 or RSA, never ECDSA; with a key the password is refused.'),
    stated('QCHR', 'The host key is RSA with 2048 bits; ed25519 can be added.'),
    weak('UP', 'Several channels on one connection are served.', 'sshChannels'),
    stated('MAN', 'A login needs `ssh`.'),
  ],
})

/** How commands come to the device, and how it answers. */
export const SERVICES = [...COMMON, ...API, ...REST, ...CONSOLE]
