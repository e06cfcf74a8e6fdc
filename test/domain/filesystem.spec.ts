import { describe, expect, it } from 'vitest'
import { DEFAULT_FILESYSTEM, FILESYSTEM_TYPES, isFilesystemType, planFilesystem } from '../../src/domain/filesystem.ts'

describe('staging a file system', () => {
  it.each(FILESYSTEM_TYPES)('formats a blank device as %s', want => {
    expect(planFilesystem({ found: 'blank' }, want)).toEqual({ do: 'format', type: want })
  })
  it.each(FILESYSTEM_TYPES)('checks what is %s already', want => {
    expect(planFilesystem({ found: 'filesystem', type: want }, want)).toEqual({ do: 'check', type: want })
  })
  it.each(['xfs', 'ext3', 'EXT4', 'crypto_LUKS', 'LVM2_member', 'gpt', ''])('refuses to touch %j for ext4', type => {
    const plan = planFilesystem({ found: 'filesystem', type }, 'ext4')
    expect(plan).toEqual({ do: 'refuse', why: `it holds ${type}, and ext4 is asked for; nothing was changed` })
  })
  it.each(FILESYSTEM_TYPES)('never formats as %s what it cannot read', want => {
    const plan = planFilesystem({ found: 'unreadable', why: 'input/output error' }, want)
    expect(plan).toMatchObject({ do: 'refuse', why: expect.stringContaining('input/output error') })
  })
})

describe('a file system type', () => {
  it('is ext4 where nobody says', () => expect(DEFAULT_FILESYSTEM).toBe('ext4'))
  it('is one that the driver makes', () => {
    expect(['ext4', 'xfs', 'btrfs', 'ext3', '', 'EXT4', 'ext4 ', 'toString'].filter(isFilesystemType)).toEqual([
      'ext4',
      'xfs',
    ])
  })
})
