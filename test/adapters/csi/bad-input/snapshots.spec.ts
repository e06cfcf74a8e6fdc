import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf'
import { describe } from 'vitest'
import { Controller, GroupController } from '../../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { VOLUME } from '../../../support/controller-house.ts'
import { refuses } from './refuses.ts'
import { badTextRows, badTexts, type Row } from './rows.ts'

const rpc = Controller.method
const group = GroupController.method
type Of<M> = M extends { input: infer I extends DescMessage } ? MessageInitShape<I> : never

const SNAPSHOT = 'snap-11111111-2222-4333-8444-555555555555'
const GROUP = 'group-11111111-2222-4333-8444-555555555555'

const notEmpty = badTexts.filter(([, text]) => text !== '')

const parameterRows = [
  ['an unknown parameter', { parameters: { colour: 'red' } }, 'INVALID_ARGUMENT', /^parameter "colour" is unknown/],
  ['a parameter without a name', { parameters: { '': 'x' } }, 'INVALID_ARGUMENT', /^parameter "" is unknown/],
  ['a command as a parameter', { parameters: { 'a\n/disk': '' } }, 'INVALID_ARGUMENT', /^parameter "a\\n\/disk" is/],
] as const

describe('CreateSnapshot', () => {
  refuses(rpc.createSnapshot, { name: 'n', sourceVolumeId: VOLUME }, [
    ...badTextRows('name', /^name .*1 to 128 bytes/),
    ...badTextRows('sourceVolumeId', /^source_volume_id .*1 to 128 bytes/),
    ['a volume of nobody', { sourceVolumeId: '[find]' }, 'NOT_FOUND', /^source_volume_id "\[find\]"/],
    ['a snapshot as its volume', { sourceVolumeId: SNAPSHOT }, 'NOT_FOUND', /^source_volume_id "snap-/],
    ...parameterRows,
  ] as Row<Of<typeof rpc.createSnapshot>>[])
})

describe('DeleteSnapshot', () => {
  refuses(rpc.deleteSnapshot, { snapshotId: SNAPSHOT }, badTextRows('snapshotId', /^snapshot_id .*1 to 128 bytes/))
})

describe('GetSnapshot', () => {
  refuses(rpc.getSnapshot, { snapshotId: SNAPSHOT }, [
    ...badTextRows('snapshotId', /^snapshot_id /),
    ['a volume as its snapshot', { snapshotId: VOLUME }, 'NOT_FOUND', /^snapshot_id "pvc-/],
  ])
})

describe('ListSnapshots', () => {
  refuses(rpc.listSnapshots, {}, [
    ['a negative number of entries', { maxEntries: -1 }, 'INVALID_ARGUMENT', /max_entries must not be negative/],
    ['a token of nobody', { startingToken: 'invalid-token' }, 'ABORTED', /starting_token/],
    ['a volume as its token', { startingToken: VOLUME }, 'ABORTED', /starting_token/],
    ['a token with a newline', { startingToken: `${SNAPSHOT}\n` }, 'ABORTED', /starting_token/],
    ...notEmpty.map(
      ([what, text]) => [`snapshot_id ${what}`, { snapshotId: text }, 'INVALID_ARGUMENT', /^snapshot_id /] as const,
    ),
    ...notEmpty.map(
      ([what, text]) =>
        [`source_volume_id ${what}`, { sourceVolumeId: text }, 'INVALID_ARGUMENT', /^source_volume_id /] as const,
    ),
  ] as Row<Of<typeof rpc.listSnapshots>>[])
})

const membersRows = [
  ...badTexts.map(
    ([what, text]) =>
      [`a member ${what}`, { snapshotIds: [SNAPSHOT, text] }, 'INVALID_ARGUMENT', /^snapshot_ids\[1\] /] as const,
  ),
  ['a volume as a member', { snapshotIds: [VOLUME] }, 'INVALID_ARGUMENT', /^snapshot_ids\[0\] "pvc-.*no snapshot/],
] as const

describe('CreateVolumeGroupSnapshot', () => {
  refuses(group.createVolumeGroupSnapshot, { name: 'n', sourceVolumeIds: [VOLUME] }, [
    ...badTextRows('name', /^name .*1 to 128 bytes/),
    ['no volumes', { sourceVolumeIds: [] }, 'INVALID_ARGUMENT', /^source_volume_ids are missing/],
    ...badTexts.map(
      ([what, text]) =>
        [
          `a volume ${what}`,
          { sourceVolumeIds: [VOLUME, text] },
          'INVALID_ARGUMENT',
          /^source_volume_ids\[1\] /,
        ] as const,
    ),
    ['a volume of nobody', { sourceVolumeIds: [VOLUME, 'x'] }, 'NOT_FOUND', /^source_volume_ids\[1\] "x"/],
    ...parameterRows,
    [
      'a consistency that there is not',
      { parameters: { memberConsistency: 'application' } },
      'INVALID_ARGUMENT',
      /^parameter memberConsistency "application" must be one of strict, sequential/,
    ],
  ] as Row<Of<typeof group.createVolumeGroupSnapshot>>[])
})

describe('DeleteVolumeGroupSnapshot', () => {
  refuses(group.deleteVolumeGroupSnapshot, { groupSnapshotId: GROUP }, [
    ...badTextRows('groupSnapshotId', /^group_snapshot_id .*1 to 128 bytes/),
    ...membersRows,
  ] as Row<Of<typeof group.deleteVolumeGroupSnapshot>>[])
})

describe('GetVolumeGroupSnapshot', () => {
  refuses(group.getVolumeGroupSnapshot, { groupSnapshotId: GROUP }, [
    ...badTextRows('groupSnapshotId', /^group_snapshot_id /),
    ...membersRows,
    ['a snapshot as its group', { groupSnapshotId: SNAPSHOT }, 'NOT_FOUND', /^group_snapshot_id "snap-/],
  ] as Row<Of<typeof group.getVolumeGroupSnapshot>>[])
})
