import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Controller, GroupController, Node } from '../../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { folderProblem } from '../../../../src/domain/folder.ts'
import { isIpAddress } from '../../../../src/domain/ip-address.ts'
import { parseSnapshotId } from '../../../../src/domain/snapshot-id.ts'
import { nameProblem, parseVolumeId, volumeOfNqn } from '../../../../src/domain/volume-id.ts'
import { FOLDER, VOLUME } from '../../../support/controller-house.ts'
import { STAGING, TARGET } from '../../../support/node-house.ts'
import { block, controllerRig, FOREIGN, good, mount, NAME, nodeRig } from '../service-rig.ts'

const RUNS = 250

/** Texts that have hurt somebody somewhere. */
const nasty = fc.constantFrom(
  '',
  '"',
  '\\',
  ';',
  '$(reboot)',
  '[/disk/remove [find]]',
  '"; /disk remove [find]; "',
  '\n=.id=*1',
  '\r\n',
  '\0',
  '\u001b[2J',
  '..',
  '/../..',
  '-o suid',
  '%s%n',
  '{{.}}',
  '__proto__',
  'constructor',
  '\u202egpj.exe',
  '\ufeff',
  'x'.repeat(5000),
)
const garbage = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.tuple(nasty, nasty).map(parts => parts.join('')),
)
/** Mostly right, so that the fields behind are reached as well. */
const text = (...right: readonly string[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: garbage },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...right), nasty).map(parts => parts.join('')) },
  )
const map = (...keys: readonly string[]) =>
  fc.oneof(fc.constant({}), fc.dictionary(text(...keys), text('10.0.1.1', '30', FOLDER), { maxKeys: 3 }))

const volumeId = text(VOLUME, NAME, FOREIGN)
const int64 = fc.oneof(
  { weight: 1, arbitrary: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) },
  { weight: 4, arbitrary: fc.constantFrom(2n ** 30n, 2n ** 31n) },
)
const limit = fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, int64)
const capacityRange = fc.option(fc.record({ requiredBytes: int64, limitBytes: limit }), { nil: undefined, freq: 8 })
const odd = fc
  .tuple(text('ext4', ''), fc.array(text('noatime'), { maxLength: 2 }), text(''), fc.integer({ min: -1, max: 9 }))
  .map(([fsType, mountFlags, volumeMountGroup, mode]) => mount(fsType, { mountFlags, volumeMountGroup, mode }))
const capability = fc.oneof(odd, { weight: 2, arbitrary: fc.constantFrom(mount(), block(), block(5)) })

type Arbitrary<I extends DescMessage> = fc.Arbitrary<MessageInitShape<I>>
interface Case<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodUnary<I, O>
  readonly requests: Arbitrary<I>
}
const of = <I extends DescMessage, O extends DescMessage>(method: DescMethodUnary<I, O>, requests: Arbitrary<I>) =>
  ({ method, requests }) as unknown as Case<DescMessage, DescMessage>

const { method: c } = Controller
const parameters = map('volumePath', 'nvmeAddress', 'migrationTimeoutSeconds', 'fsType', 'csi.storage.k8s.io/pvc/name')
const controllerCases = [
  of(
    c.createVolume,
    fc.record({
      name: text(NAME, 'any name'),
      capacityRange,
      volumeCapabilities: fc.array(capability, { maxLength: 2 }),
      parameters,
      secrets: map('password'),
    }) as Arbitrary<typeof c.createVolume.input>,
  ),
  of(c.deleteVolume, fc.record({ volumeId })),
  of(
    c.controllerPublishVolume,
    fc.record({
      volumeId,
      nodeId: text('node-a', 'node-b'),
      volumeCapability: capability,
      readonly: fc.boolean(),
      volumeContext: map('migrationTimeoutSeconds', 'nqn'),
    }),
  ),
  of(c.controllerUnpublishVolume, fc.record({ volumeId, nodeId: text('node-a', '') })),
  of(
    c.validateVolumeCapabilities,
    fc.record({
      volumeId,
      volumeCapabilities: fc.array(capability, { maxLength: 2 }),
      volumeContext: map('nvmeAddress', 'portals', 'nqn'),
      parameters,
    }),
  ),
  of(c.listVolumes, fc.record({ maxEntries: fc.integer({ min: -2, max: 3 }), startingToken: text('', VOLUME) })),
  of(c.controllerGetVolume, fc.record({ volumeId })),
  of(c.getCapacity, fc.record({ volumeCapabilities: fc.array(capability, { maxLength: 2 }), parameters })),
  of(
    c.controllerExpandVolume,
    fc.record({ volumeId, capacityRange, volumeCapability: capability }) as Arbitrary<
      typeof c.controllerExpandVolume.input
    >,
  ),
]

const { method: g } = GroupController
const snapshotId = text('snap-11111111-2222-4333-8444-555555555555', FOREIGN)
const groupSnapshotId = text('group-11111111-2222-4333-8444-555555555555', FOREIGN)
const source = fc.oneof(
  fc.record({ snapshotId }).map(value => ({ type: { case: 'snapshot', value } })),
  fc.record({ volumeId }).map(value => ({ type: { case: 'volume', value } })),
)
const snapshotCases = [
  of(c.createSnapshot, fc.record({ name: text('a', 'b'), sourceVolumeId: volumeId, parameters: map('x') })),
  of(c.deleteSnapshot, fc.record({ snapshotId })),
  of(c.getSnapshot, fc.record({ snapshotId })),
  of(
    c.listSnapshots,
    fc.record({
      snapshotId,
      sourceVolumeId: volumeId,
      maxEntries: fc.integer({ min: -2, max: 3 }),
      startingToken: snapshotId,
    }),
  ),
  of(
    c.createVolume,
    fc.record({
      name: text(NAME, 'any name'),
      volumeCapabilities: fc.array(capability, { maxLength: 2 }),
      volumeContentSource: source,
      mutableParameters: map('note'),
    }) as Arbitrary<typeof c.createVolume.input>,
  ),
  of(c.controllerModifyVolume, fc.record({ volumeId, mutableParameters: map('note') })),
  of(
    g.createVolumeGroupSnapshot,
    fc.record({
      name: text('a', 'b'),
      sourceVolumeIds: fc.array(volumeId, { maxLength: 3 }),
      parameters: map('memberConsistency'),
    }),
  ),
  of(g.deleteVolumeGroupSnapshot, fc.record({ groupSnapshotId, snapshotIds: fc.array(snapshotId, { maxLength: 2 }) })),
  of(g.getVolumeGroupSnapshot, fc.record({ groupSnapshotId, snapshotIds: fc.array(snapshotId, { maxLength: 2 }) })),
]

const { method: n } = Node
const path = fc.oneof({ weight: 6, arbitrary: text(STAGING, TARGET) }, fc.constantFrom('/a/../b', 'relative'))
const publishContext = fc.oneof(
  map('hostNqn', 'hostId', 'bytes', 'attachedAt'),
  fc.constant('6ba7b810-9dad-51d1-80b4-00c04fd430c8').map(hostId => ({
    hostId,
    hostNqn: `nqn.2014-08.org.nvmexpress:uuid:${hostId}`,
  })),
)
const nodeCases = [
  of(
    n.nodeStageVolume,
    fc.record({
      volumeId,
      stagingTargetPath: path,
      volumeCapability: capability,
      volumeContext: fc.oneof(fc.constant(good.context), map('nvmeAddress', 'portals', 'nqn', 'ctrlLossTmo')),
      publishContext,
    }),
  ),
  of(n.nodeUnstageVolume, fc.record({ volumeId, stagingTargetPath: path })),
  of(
    n.nodePublishVolume,
    fc.record({ volumeId, stagingTargetPath: path, targetPath: path, volumeCapability: capability }),
  ),
  of(n.nodeUnpublishVolume, fc.record({ volumeId, targetPath: path })),
  of(n.nodeGetVolumeStats, fc.record({ volumeId, volumePath: path })),
  of(
    n.nodeExpandVolume,
    fc.record({ volumeId, volumePath: path, capacityRange }) as Arbitrary<typeof n.nodeExpandVolume.input>,
  ),
]

const rowsOf = (cases: readonly Case<DescMessage, DescMessage>[]) =>
  cases.map(each => [each.method.name, each] as const)

/** Nothing that a caller can write is a fault of ours. */
const OURS = new Set(['UNKNOWN', 'INTERNAL', 'DATA_LOSS', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED'])

describe('garbage in any field', () => {
  it.each(rowsOf([...controllerCases, ...snapshotCases]))(
    'of %s is refused or harmless',
    async (_, { method, requests }) => {
      const { ask, house } = await controllerRig()
      await fc.assert(
        fc.asyncProperty(requests, async request => {
          const answer = await ask(method, request)
          expect(OURS).not.toContain(answer.code)
          for (const call of house.appliance.script.calls.splice(0)) {
            const id = call.split(' ')[1]
            if (id !== undefined) expect(parseVolumeId(id) ?? parseSnapshotId(id)).toBe(id)
          }
          for (const { volume } of house.appliance.disks.values()) {
            expect([nameProblem(volume.name ?? ''), folderProblem(volume.folder)]).toEqual([undefined, undefined])
            expect(volume.bytes % 512).toBe(0)
          }
        }),
        { numRuns: RUNS },
      )
    },
  )

  it.each(rowsOf(nodeCases))('of %s is refused or harmless', async (_, { method, requests }) => {
    const { ask, house } = await nodeRig()
    house.appliance.disks.get(VOLUME)!.admitted = { to: 'any' }
    await fc.assert(
      fc.asyncProperty(requests, async request => {
        const answer = await ask(method, request)
        expect(OURS).not.toContain(answer.code)
        for (const call of house.initiator.script.calls.splice(0)) {
          expect(volumeOfNqn(call.split(' ')[1] ?? '')).toBeDefined()
        }
        for (const { address } of house.initiator.target?.portals ?? []) expect(isIpAddress(address)).toBe(true)
        for (const call of house.filesystem.script.calls.splice(0)) {
          // oxlint-disable-next-line no-control-regex -- none may be in a path
          expect(call).not.toMatch(/\.\.\/|\/\.\.|[\u0000-\u001f]/)
        }
      }),
      { numRuns: RUNS },
    )
  })
})
