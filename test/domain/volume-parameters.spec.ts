import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NUMBERS, type NumberKey } from '../../src/domain/parameter-limits.ts'
import { type Installation, readParameters } from '../../src/domain/volume-parameters.ts'
import { BAD_FOLDERS } from './bad-input.ts'

const installation: Installation = {
  rdsAddress: '192.0.2.10',
  nvmeAddress: '192.0.2.20',
  nvmePort: 4421,
  basePath: '/pool/base',
}
const read = (raw: Record<string, string>) => readParameters(raw, installation)
function problems(raw: Record<string, string>): readonly string[] {
  const answer = read(raw)
  return 'problems' in answer ? answer.problems : []
}
const KEYS = Object.keys(NUMBERS) as NumberKey[]

describe('StorageClass parameters', () => {
  it('may all be left out', () => {
    expect(read({})).toEqual({
      folder: '/pool/base',
      portals: [{ address: '192.0.2.20', port: 4421 }],
      profile: { ctrlLossTmo: -1, reconnectDelay: 5, keepAliveTmo: 0 },
      migrationTimeout: 300_000,
      fsType: undefined,
    })
  })
  it('may all be given', () => {
    const raw = {
      rdsAddress: '192.0.2.10',
      nvmeAddress: '2001:db8::7',
      nvmePort: '4421',
      volumePath: '/pool/base/gold',
      ctrlLossTmo: '600',
      reconnectDelay: '2',
      keepAliveTmo: '30',
      migrationTimeoutSeconds: '3600',
      fsType: 'xfs',
      'csi.storage.k8s.io/pvc/name': 'data; /system reboot',
    }
    expect(read(raw)).toEqual({
      folder: '/pool/base/gold',
      portals: [{ address: '2001:db8::7', port: 4421 }],
      profile: { ctrlLossTmo: 600, reconnectDelay: 2, keepAliveTmo: 30 },
      migrationTimeout: 3_600_000,
      fsType: 'xfs',
    })
  })
  it.each(['ctrlLossTimeout', 'NvmePort', 'volumepath', 'nqn', '', 'csi.storage.k8s.io', 'toString', 'nvmePort '])(
    'may not be named %j',
    name => {
      const [problem, ...more] = problems({ [name]: '1' })
      expect(more).toEqual([])
      expect(problem).toContain(`parameter ${JSON.stringify(name)} is unknown; known are rdsAddress, nvmeAddress`)
    },
  )
  it('are refused all at once, each by name', () => {
    const all = problems({ nvmePort: '0', fsType: 'ntfs', volumePath: '/etc', typo: 'x', rdsAddress: '192.0.2.11' })
    expect(all).toHaveLength(5)
    for (const name of ['nvmePort', 'fsType', 'volumePath', 'typo', 'rdsAddress']) {
      expect(all.filter(problem => problem.includes(name))).not.toEqual([])
    }
  })
})

describe('nvmePort', () => {
  it('is the one port on which the installation exports', () => {
    expect(problems({ nvmePort: '4420' })).toEqual([
      'parameter nvmePort "4420" must be this installation\'s --nvme-port 4421',
    ])
  })
})

describe('a parameter that is a number', () => {
  const limits: Record<NumberKey, readonly [byDefault: number, min: number]> = {
    nvmePort: [4420, 1],
    ctrlLossTmo: [-1, -1],
    reconnectDelay: [5, 1],
    keepAliveTmo: [0, 0],
    migrationTimeoutSeconds: [300, 30],
  }
  it.each(KEYS)('%s has the promised default and lower limit', key => {
    expect([NUMBERS[key].byDefault, NUMBERS[key].min]).toEqual(limits[key])
  })
  it('migrationTimeoutSeconds ends at 3600 and nvmePort at 65535', () => {
    expect([NUMBERS.migrationTimeoutSeconds.max, NUMBERS.nvmePort.max]).toEqual([3_600, 65_535])
  })
  it.each(['ctrlLossTmo', 'reconnectDelay', 'keepAliveTmo'] as const)(
    '%s has no upper limit that anybody meets',
    key => {
      expect(problems({ [key]: '604800' })).toEqual([])
    },
  )
  it.each(KEYS)('%s is taken at its limits and refused beyond', key => {
    const { min, max } = NUMBERS[key]
    for (const good of [min, max]) {
      const own = { ...installation, nvmePort: good }
      const answer = readParameters({ [key]: String(good) }, key === 'nvmePort' ? own : installation)
      expect(answer).not.toHaveProperty('problems')
    }
    for (const bad of [min - 1, max + 1]) {
      expect(problems({ [key]: String(bad) })).toEqual([
        `parameter ${key} "${bad}" must be a whole number from ${min} to ${max}`,
      ])
    }
  })
  it.each(KEYS)('%s is a whole number in digits', key => {
    const bad = [
      '',
      ' ',
      '5 ',
      ' 5',
      '5.0',
      '5e1',
      '0x50',
      '+50',
      '5_0',
      'five',
      'NaN',
      'Infinity',
      '50\n',
      '50;',
      '٥٠',
      '99999999999',
    ]
    for (const text of bad) {
      expect(problems({ [key]: text }), JSON.stringify(text)).toHaveLength(1)
    }
  })
})

describe('a parameter that is a text', () => {
  it.each(['192.0.2.11', 'rds.example.com', '', '192.0.2.10 '])('rdsAddress may not be %j', rdsAddress => {
    expect(problems({ rdsAddress })[0]).toMatch(
      /^parameter rdsAddress .* must be this installation's --rds-address 192\.0\.2\.10/,
    )
  })
  it.each(['', 'rds.example.com', '192.0.2.1; reboot', '192.0.2.1:4420', '192.0.2.01'])(
    'nvmeAddress may not be %j',
    nvmeAddress =>
      expect(problems({ nvmeAddress })).toEqual([`parameter nvmeAddress "${nvmeAddress}" must be an IP address`]),
  )
  it.each(['', 'ext3', 'btrfs', 'EXT4', 'ext4 ', 'ext4;'])('fsType may not be %j', fsType => {
    expect(problems({ fsType })).toEqual([`parameter fsType "${fsType}" must be one of ext4, xfs`])
  })
  it.each(BAD_FOLDERS)('volumePath may not be %j', volumePath => {
    const [problem, ...more] = problems({ volumePath })
    expect(more).toEqual([])
    expect(
      problem?.startsWith(`parameter volumePath ${JSON.stringify(volumePath)} must `) ||
        problem?.includes(' may have only '),
    ).toBe(true)
  })
  it.each(['/pool/base2', '/pool/base-2/x', '/pool', '/pool/bas', '/pool/Base', '/other/pool/base'])(
    'volumePath may not be the near miss %s',
    volumePath =>
      expect(problems({ volumePath })).toEqual([`parameter volumePath "${volumePath}" must lie inside /pool/base`]),
  )
  it('never carries a character into a command that could change it', () => {
    const texts = ['rdsAddress', 'nvmeAddress', 'volumePath', 'fsType'] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('"', '$', ';', '[', ']', '\\', '\n', '\r', '\0', '=', ' ', '/..'),
        (name, text, bad) => {
          expect(problems({ [name]: `/pool/base/${text}${bad}` })).toHaveLength(1)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
