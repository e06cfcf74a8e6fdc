import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { Node } from '../../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB, TiB } from '../../../../src/domain/capacity.ts'
import { VOLUME } from '../../../support/controller-house.ts'
import { STAGING, TARGET } from '../../../support/node-house.ts'
import { good, mount, nodeRig, range } from '../service-rig.ts'
import { malformed, unsafe } from './capabilities.ts'
import { badPathRows, badTextRows, type Row } from './rows.ts'

const rpc = Node.method
type Of<M> = M extends { input: infer I extends DescMessage } ? MessageInitShape<I> : never

/** Each row answers its code and names its field, and nothing on the node was looked at or changed. */
function refuses<I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  rows: readonly Row<MessageInitShape<I>>[],
): void {
  it.each(rows)('refuses %s', async (_, wrong, code, names) => {
    const { ask, house } = await nodeRig()
    const answer = await ask(method, { ...request, ...wrong })
    expect(answer).toMatchObject({ code, details: expect.stringMatching(names) })
    expect([...house.initiator.script.calls, ...house.filesystem.script.calls]).toEqual([])
    expect(house.sink.facts).toEqual([])
  })
}

const capabilityRows = [...malformed, ...unsafe].map(
  ([what, capability, names]) =>
    [
      `a capability ${what}`,
      { volumeCapability: capability },
      'INVALID_ARGUMENT',
      new RegExp(`^volume_capability.*${names.source}`),
    ] as const,
)
const relative = (field: string, names: RegExp) =>
  [`${field} that is relative`, { [field]: 'var/lib' }, 'INVALID_ARGUMENT', names] as const
const noCapability = [
  'no capability',
  { volumeCapability: undefined },
  'INVALID_ARGUMENT',
  /^volume_capability is missing/,
] as const

const hostId = '6ba7b810-9dad-51d1-80b4-00c04fd430c8'
const host = { hostId, hostNqn: `nqn.2014-08.org.nvmexpress:uuid:${hostId}` }

type Context = Readonly<Record<string, string>>
const volumeContext = (what: string, context: Context, names: RegExp) =>
  [`a volume context ${what}`, { volumeContext: context }, 'INVALID_ARGUMENT', names] as const
const publishContext = (what: string, context: Context, names: RegExp) =>
  [`a publish context ${what}`, { publishContext: { ...host, ...context } }, 'INVALID_ARGUMENT', names] as const

describe('NodeStageVolume', () => {
  const request = {
    volumeId: VOLUME,
    stagingTargetPath: STAGING,
    volumeCapability: mount(),
    volumeContext: good.context,
    publishContext: host,
  }
  refuses(rpc.nodeStageVolume, request, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('stagingTargetPath', /^staging_target_path /),
    relative('stagingTargetPath', /^staging_target_path "var\/lib" must be an absolute path/),
    noCapability,
    ...capabilityRows,
    volumeContext('without an address', {}, /^volume_context.*nvmeAddress "" must be an IP address/),
    volumeContext('with a name for an address', { nvmeAddress: 'storage' }, /nvmeAddress "storage"/),
    volumeContext('with a command for an address', { nvmeAddress: '10.0.1.1 -o x' }, /nvmeAddress/),
    volumeContext('of another volume', { ...good.context, nqn: 'nqn.2000-02.com.mikrotik:other' }, /nqn .*is not nqn/),
    volumeContext('with odd portals', { portals: '10.0.1.1:4420,,' }, /portals .*address:port/),
    volumeContext('with a portal without a port', { portals: '10.0.1.1' }, /portals .*address:port/),
    volumeContext('with portal 0', { portals: '10.0.1.1:0' }, /portals/),
    publishContext('with an odd host id', { hostId: 'me' }, /^publish_context hostId "me" must be a lower-case UUID/),
    publishContext(
      'with a host NQN of another host',
      { hostNqn: 'nqn.x' },
      /^publish_context hostNqn "nqn.x" must be nqn/,
    ),
    publishContext('with a newline in its host NQN', { hostNqn: `${host.hostNqn}\n` }, /hostNqn "nqn.*\\n"/),
    publishContext('with an odd size', { bytes: '1 GiB' }, /^publish_context bytes "1 GiB" must be a whole number/),
    publishContext('with a negative size', { bytes: '-1' }, /^publish_context bytes/),
    publishContext('with a size of 0', { bytes: '0' }, /^publish_context bytes/),
    publishContext('with an odd port', { nvmePort: 'four' }, /^publish_context nvmePort "four" must be a port/),
    publishContext('with port 0', { nvmePort: '0' }, /^publish_context nvmePort/),
    publishContext('with a port that is too large', { nvmePort: '65536' }, /^publish_context nvmePort/),
    publishContext('with a size that numbers do not hold', { bytes: '9007199254740993' }, /^publish_context bytes/),
  ] as Row<Of<typeof rpc.nodeStageVolume>>[])
})

describe('NodeUnstageVolume', () => {
  refuses(rpc.nodeUnstageVolume, { volumeId: VOLUME, stagingTargetPath: STAGING }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('stagingTargetPath', /^staging_target_path /),
    relative('stagingTargetPath', /^staging_target_path /),
  ] as Row<Of<typeof rpc.nodeUnstageVolume>>[])
})

describe('NodePublishVolume', () => {
  const request = {
    volumeId: VOLUME,
    stagingTargetPath: STAGING,
    targetPath: TARGET,
    volumeCapability: mount(),
  }
  refuses(rpc.nodePublishVolume, request, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('targetPath', /^target_path /),
    relative('targetPath', /^target_path /),
    ...badPathRows('stagingTargetPath', /^staging_target_path /).filter(
      ([, { stagingTargetPath }]) => stagingTargetPath,
    ),
    ['no staging path', { stagingTargetPath: '' }, 'FAILED_PRECONDITION', /^staging_target_path is missing/],
    noCapability,
    ...capabilityRows,
  ] as Row<Of<typeof rpc.nodePublishVolume>>[])
})

describe('NodeUnpublishVolume', () => {
  refuses(rpc.nodeUnpublishVolume, { volumeId: VOLUME, targetPath: TARGET }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('targetPath', /^target_path /),
    relative('targetPath', /^target_path /),
  ] as Row<Of<typeof rpc.nodeUnpublishVolume>>[])
})

describe('NodeGetVolumeStats', () => {
  refuses(rpc.nodeGetVolumeStats, { volumeId: VOLUME, volumePath: TARGET }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('volumePath', /^volume_path /),
    ['a relative path', { volumePath: 'some/path' }, 'NOT_FOUND', /^volume_path "some\/path" is no absolute path/],
  ] as Row<Of<typeof rpc.nodeGetVolumeStats>>[])
})

describe('NodeExpandVolume', () => {
  refuses(rpc.nodeExpandVolume, { volumeId: VOLUME, volumePath: TARGET, capacityRange: range(GiB) }, [
    ...badTextRows('volumeId', /^volume_id /),
    ...badPathRows('volumePath', /^volume_path /),
    ['a negative size', { capacityRange: range(-1) }, 'INVALID_ARGUMENT', /^capacity_range\.required_bytes -1/],
    ['a negative limit', { capacityRange: range(0, -1) }, 'INVALID_ARGUMENT', /^capacity_range\.limit_bytes -1/],
    ['a limit below the size', { capacityRange: range(2, 1) }, 'INVALID_ARGUMENT', /^capacity_range\.limit_bytes 1/],
    ['more than 16 TiB', { capacityRange: range(16 * TiB + 1) }, 'OUT_OF_RANGE', /16 TiB/],
    ...capabilityRows,
  ] as Row<Of<typeof rpc.nodeExpandVolume>>[])
})
