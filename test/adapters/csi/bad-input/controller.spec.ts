import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { Controller } from '../../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB, TiB } from '../../../../src/domain/capacity.ts'
import { NODE_B, VOLUME } from '../../../support/controller-house.ts'
import { block, controllerRig, good, mount, range } from '../service-rig.ts'
import { malformed, unsafe } from './capabilities.ts'
import { refuses } from './refuses.ts'
import { badTextRows, badTexts, mutableRows, type Row } from './rows.ts'

const rpc = Controller.method
type Of<M> = M extends { input: infer I extends DescMessage } ? MessageInitShape<I> : never

/** The field's name comes first, then what is wrong with it. */
const namedAs = (names: RegExp, start: string) => new RegExp(`^${start}.*${names.source}`)

const capabilityRows = [...malformed, ...unsafe].map(
  ([what, capability, names]) =>
    [
      `a capability ${what}`,
      { volumeCapability: capability },
      'INVALID_ARGUMENT',
      namedAs(names, 'volume_capability'),
    ] as const,
)

const parameter = (
  name: string,
  value: string,
  names: RegExp,
): readonly [string, { parameters: Record<string, string> }, string, RegExp] => [
  `parameter ${name} ${JSON.stringify(value).slice(0, 40)}`,
  { parameters: { [name]: value } },
  'INVALID_ARGUMENT',
  names,
]

const parameterRows = [
  parameter('colour', 'red', /parameter "colour" is unknown; known are rdsAddress/),
  parameter('', 'x', /parameter "" is unknown/),
  parameter('rdsAddress\n', '10.0.0.1', /parameter "rdsAddress\\n" is unknown/),
  parameter('rdsAddress', '10.9.9.9', /parameter rdsAddress "10.9.9.9" must be.*--rds-address/),
  parameter('nvmeAddress', 'storage.example', /parameter nvmeAddress.*IP address/),
  parameter('nvmeAddress', '10.0.1.1;reboot', /parameter nvmeAddress.*IP address/),
  parameter('nvmeAddress', '', /parameter nvmeAddress ""/),
  parameter('fsType', 'ntfs', /parameter fsType "ntfs" must be one of ext4, xfs/),
  parameter('volumePath', '/etc', /parameter volumePath.*inside \/pool\/volumes/),
  parameter('volumePath', '/pool/volumes/../../etc', /parameter volumePath/),
  parameter('volumePath', '/pool/volumes-2', /parameter volumePath.*inside/),
  parameter('volumePath', '/pool/volumes/"; /disk remove [find]', /parameter volumePath/),
  parameter('volumePath', '/pool/volumes/a\nb', /parameter volumePath "\/pool\/volumes\/a\\nb"/),
  parameter('volumePath', `/pool/volumes/${'x'.repeat(300)}`, /parameter volumePath.*200 characters/),
  ...['nvmePort', 'ctrlLossTmo', 'reconnectDelay', 'keepAliveTmo', 'migrationTimeoutSeconds'].flatMap(name =>
    ['', 'x', '1e3', '5 ', '1.5', '-2', '99999999999'].map(value =>
      parameter(name, value, new RegExp(`parameter ${name}.*whole number from`)),
    ),
  ),
  parameter('nvmePort', '0', /from 1 to 65535/),
  parameter('nvmePort', '65536', /from 1 to 65535/),
  parameter('reconnectDelay', '0', /from 1 to/),
  parameter('migrationTimeoutSeconds', '29', /from 30 to 3600/),
  parameter('migrationTimeoutSeconds', '3601', /from 30 to 3600/),
]

const sizeRows = [
  ['a size without ends', range(0), 'INVALID_ARGUMENT', /capacity_range.*required_bytes or limit_bytes/],
  ['a negative size', range(-1), 'INVALID_ARGUMENT', /capacity_range\.required_bytes -1 must not be negative/],
  ['a negative limit', range(GiB, -1), 'INVALID_ARGUMENT', /capacity_range\.limit_bytes -1/],
  ['the least number', range(-(2n ** 63n)), 'INVALID_ARGUMENT', /capacity_range\.required_bytes/],
  ['a limit below the size', range(2 * GiB, GiB), 'INVALID_ARGUMENT', /limit_bytes 1073741824 is below required_bytes/],
  ['more than 16 TiB', range(16 * TiB + 1), 'OUT_OF_RANGE', /17592186044417.*16 TiB/],
  ['more than numbers hold', range(2n ** 53n + 1n), 'OUT_OF_RANGE', /required_bytes 9007199254740993.*16 TiB/],
  ['the largest number', range(2n ** 63n - 1n, 2n ** 63n - 1n), 'OUT_OF_RANGE', /16 TiB/],
  ['a limit below 1 GiB', range(0, GiB - 1), 'OUT_OF_RANGE', /limit_bytes 1073741823.*at least 1 GiB/],
  ['a limit within a sector', range(GiB + 1, GiB + 511), 'OUT_OF_RANGE', /limit_bytes.*whole sectors/],
] as const

const capacityRows = sizeRows.map(
  ([what, capacityRange, code, names]) => [what, { capacityRange }, code, names] as const,
)

describe('CreateVolume', () => {
  const capabilities: Row<Of<typeof rpc.createVolume>>[] = [...malformed, ...unsafe].map(
    ([what, capability, names]) => [
      `a capability ${what}`,
      { volumeCapabilities: [capability] },
      'INVALID_ARGUMENT',
      namedAs(names, 'volume_capabilities'),
    ],
  )
  refuses(rpc.createVolume, good.create, [
    ...badTextRows('name', /^name .*1 to 128 bytes/),
    ['a name of 129 bytes in 65 letters', { name: 'ä'.repeat(64) + 'x' }, 'INVALID_ARGUMENT', /^name .*128 bytes/],
    ...capacityRows,
    ['no capability', { volumeCapabilities: [] }, 'INVALID_ARGUMENT', /volume_capabilities: at least one/],
    ...capabilities,
    [
      'a second capability that is malformed',
      { volumeCapabilities: [block(), block(0)] },
      'INVALID_ARGUMENT',
      /^volume_capabilities\[1\]\.access_mode/,
    ],
    [
      'block and mount',
      { volumeCapabilities: [block(), mount()] },
      'INVALID_ARGUMENT',
      /volume_capabilities.*contradict/,
    ],
    [
      'two file systems',
      { volumeCapabilities: [mount('ext4'), mount('xfs')] },
      'INVALID_ARGUMENT',
      /ext4, xfs contradict/,
    ],
    ...parameterRows,
    [
      'several mistakes, all of them',
      { parameters: { a: '1', nvmePort: 'x' } },
      'INVALID_ARGUMENT',
      /"a".*; .*nvmePort/,
    ],
    ...badTexts.flatMap(([what, text]): Row<Of<typeof rpc.createVolume>>[] => [
      [
        `a snapshot as its source ${what}`,
        { volumeContentSource: { type: { case: 'snapshot', value: { snapshotId: text } } } },
        'INVALID_ARGUMENT',
        /^volume_content_source\.snapshot\.snapshot_id /,
      ],
      [
        `a volume as its source ${what}`,
        { volumeContentSource: { type: { case: 'volume', value: { volumeId: text } } } },
        'INVALID_ARGUMENT',
        /^volume_content_source\.volume\.volume_id /,
      ],
    ]),
    [
      'a source of nobody',
      { volumeContentSource: { type: { case: 'snapshot', value: { snapshotId: '"; /disk remove [find]' } } } },
      'NOT_FOUND',
      /^volume_content_source\.snapshot\.snapshot_id /,
    ],
    ['a source of no kind', { volumeContentSource: {} }, 'INVALID_ARGUMENT', /^volume_content_source names neither/],
    ...mutableRows,
  ])
})

describe('DeleteVolume', () => {
  refuses(rpc.deleteVolume, { volumeId: VOLUME }, badTextRows('volumeId', /^volume_id .*1 to 128 bytes/))
})

describe('ControllerPublishVolume', () => {
  refuses(rpc.controllerPublishVolume, good.publish, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badTextRows('nodeId', /^node_id .*node of the cluster/),
    ['no capability', { volumeCapability: undefined }, 'INVALID_ARGUMENT', /^volume_capability is missing/],
    ...capabilityRows,
    ['readonly', { readonly: true }, 'INVALID_ARGUMENT', /^readonly is not served \(PUBLISH_READONLY/],
  ] as Row<Of<typeof rpc.controllerPublishVolume>>[])

  it('of a volume whose context has a wrong time-out is served with one that is allowed', async () => {
    const { ask, house } = await controllerRig()
    const volumeContext = { migrationTimeoutSeconds: '"; /disk remove [find]' }
    for (const nodeId of ['node-a', NODE_B]) {
      await ask(rpc.controllerPublishVolume, { ...good.publish, nodeId, volumeCapability: block(5), volumeContext })
    }
    expect(house.sink.facts.at(-1)).toMatchObject({ type: 'migration-started', timeout: 300_000 })
  })
})

describe('ControllerUnpublishVolume', () => {
  refuses(rpc.controllerUnpublishVolume, { volumeId: VOLUME, nodeId: 'node-a' }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badTextRows('nodeId', /^node_id /).filter(([, { nodeId }]) => nodeId !== ''),
  ] as Row<Of<typeof rpc.controllerUnpublishVolume>>[])
})

describe('ValidateVolumeCapabilities', () => {
  refuses(rpc.validateVolumeCapabilities, { volumeId: VOLUME, volumeCapabilities: [block()] }, [
    ...badTextRows('volumeId', /^volume_id /),
    ['no capability', { volumeCapabilities: [] }, 'INVALID_ARGUMENT', /^volume_capabilities are missing/],
    ...malformed.map(
      ([what, capability, names]) =>
        [
          `a capability ${what}`,
          { volumeCapabilities: [capability] },
          'INVALID_ARGUMENT',
          namedAs(names, 'volume_capabilities\\[0\\]'),
        ] as const,
    ),
  ] as Row<Of<typeof rpc.validateVolumeCapabilities>>[])
})

describe('ListVolumes', () => {
  refuses(rpc.listVolumes, {}, [
    ['a negative number of entries', { maxEntries: -1 }, 'INVALID_ARGUMENT', /max_entries must not be negative/],
    ['a token of nobody', { startingToken: 'invalid-token' }, 'ABORTED', /starting_token/],
    ['a token with a newline', { startingToken: `${VOLUME}\n` }, 'ABORTED', /starting_token/],
    ['a token too long', { startingToken: 'x'.repeat(100_000) }, 'ABORTED', /starting_token/],
  ])
})

describe('ControllerGetVolume', () => {
  refuses(rpc.controllerGetVolume, { volumeId: VOLUME }, badTextRows('volumeId', /^volume_id /))
})

describe('GetCapacity', () => {
  refuses(rpc.getCapacity, {}, [
    ...[...malformed, ...unsafe].map(
      ([what, capability, names]) =>
        [
          `a capability ${what}`,
          { volumeCapabilities: [capability] },
          'INVALID_ARGUMENT',
          namedAs(names, 'volume_capabilities'),
        ] as const,
    ),
    ...parameterRows,
  ] as Row<Of<typeof rpc.getCapacity>>[])
})

describe('ControllerExpandVolume', () => {
  refuses(rpc.controllerExpandVolume, { volumeId: VOLUME, capacityRange: range(2 * GiB) }, [
    ...badTextRows('volumeId', /^volume_id /),
    ['no size', { capacityRange: undefined }, 'INVALID_ARGUMENT', /^capacity_range is missing/],
    ...capacityRows,
    ...capabilityRows,
  ] as Row<Of<typeof rpc.controllerExpandVolume>>[])
})

describe('ControllerModifyVolume', () => {
  refuses(rpc.controllerModifyVolume, { volumeId: VOLUME, mutableParameters: { note: 'x' } }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...mutableRows,
  ] as Row<Of<typeof rpc.controllerModifyVolume>>[])
})
