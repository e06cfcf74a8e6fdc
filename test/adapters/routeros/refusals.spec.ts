import { describe, expect, it } from 'vitest'
import { kindOf, outward, refusal } from '../../../src/adapters/routeros/refusals.ts'
import { LinkError, TrapError } from '../../../src/adapters/routeros/transport.ts'
import { StorageError } from '../../../src/domain/errors.ts'

describe('a refusal', () => {
  it.each([
    ['no such item', 'not-found'],
    ['no such item (4)', 'not-found'],
    ['failure: already have such entry', 'conflict'],
    ['failure: file already exists', 'conflict'],
    ['failure: already have device with such name', 'conflict'],
    ['failure: not enough space', 'exhausted'],
    ['failure: no space left on device', 'exhausted'],
    ['failure: disk is full', 'exhausted'],
    ['not enough permissions (9)', 'precondition'],
    ['std failure: not allowed (9)', 'precondition'],
    ['failure: file is in use', 'precondition'],
    ['could not unmount, stop using it first', 'precondition'],
    ['unknown parameter nvme-tcp-server-nqn', 'unsupported'],
    ['no such command prefix', 'unsupported'],
    ['bad command name btrfs', 'unsupported'],
    ['bad parameter nvme-tcp-server-nqn', 'unsupported'],
    ['expected end of command', 'unsupported'],
    ['syntax error', 'unsupported'],
    ['no such command or directory (disk)', 'unsupported'],
    ['std failure: timeout (13)', 'unavailable'],
    ['interrupted', 'unavailable'],
    ['failure: no such file or directory', 'unavailable'],
    ['failure: execution error', 'internal'],
    ['input does not match any value of type', 'internal'],
    ['', 'internal'],
  ])('"%s" is %s', (text, kind) => {
    expect(kindOf(new TrapError(text))).toBe(kind)
  })

  it('tells the device’s own words, and what to do where that is known', () => {
    const error = refusal('export disk "x"', new TrapError('not enough permissions (9)'))
    expect(error.message).toBe(
      'the appliance refused to export disk "x": not enough permissions (9); ' +
        "the user's group needs the policies api, read and write",
    )
    expect(refusal('do it', new TrapError('odd text')).message).toBe('the appliance refused to do it: odd text')
  })
})

describe('to the outside', () => {
  it('a link that fails is unavailable, in every way in which it can', () => {
    for (const failure of ['not-connected', 'lost', 'timeout'] as const) {
      expect(outward('list the disks', new LinkError(failure, true, 'it broke'))).toMatchObject({
        name: 'StorageError',
        kind: 'unavailable',
        message: 'cannot list the disks: it broke',
      })
    }
  })

  it('everything else is what it was', () => {
    for (const error of [new StorageError('conflict', 'x'), new Error('aborted'), 'reason']) {
      expect(outward('do it', error)).toBe(error)
    }
  })
})
