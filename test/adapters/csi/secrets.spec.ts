import type { DescMessage } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { Controller, Node } from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { StorageError } from '../../../src/domain/errors.ts'
import { VOLUME } from '../../support/controller-house.ts'
import { STAGING, TARGET } from '../../support/node-house.ts'
import type { Outcome } from './rig.ts'
import { block, controllerRig, good, mount, nodeRig, range } from './service-rig.ts'

const CANARY = 'canary-5f2b'
const secrets = { password: CANARY, [CANARY]: 'key' }

/** Everything that anybody could read of a process. */
const readable = (...sources: readonly unknown[]) =>
  JSON.stringify(sources, (_, value: unknown) => {
    if (value instanceof Error) return `${value.message} ${value.stack}`
    return typeof value === 'bigint' ? String(value) : value
  })

describe('a secret', () => {
  it('of a controller call reaches no log, answer, fact, observation or appliance', async () => {
    const { ask, house } = await controllerRig()
    const c = Controller.method
    const answers: Outcome<DescMessage>[] = [
      await ask(c.createVolume, { ...good.create, secrets }),
      await ask(c.createVolume, { ...good.create, name: '', secrets }),
      await ask(c.controllerPublishVolume, { ...good.publish, secrets }),
      await ask(c.controllerUnpublishVolume, { volumeId: VOLUME, nodeId: 'node-a', secrets }),
      await ask(c.validateVolumeCapabilities, { volumeId: VOLUME, volumeCapabilities: [block()], secrets }),
      await ask(c.controllerExpandVolume, { volumeId: VOLUME, capacityRange: range(2 * GiB), secrets }),
    ]
    house.appliance.script.fail('remove', new StorageError('internal', 'it broke'))
    answers.push(await ask(c.deleteVolume, { volumeId: VOLUME, secrets }))
    expect(answers.map(({ code }) => code)).toEqual(['OK', 'INVALID_ARGUMENT', 'OK', 'OK', 'OK', 'OK', 'INTERNAL'])
    const seen = readable(answers, house.log, house.sink, house.telemetry, house.appliance.script.calls)
    expect(seen).not.toContain(CANARY)
    expect(readable(house.log)).toContain('***')
  })

  it('of a node call does not either', async () => {
    const { ask, house } = await nodeRig()
    const request = { volumeId: VOLUME, stagingTargetPath: STAGING, volumeCapability: mount(), secrets }
    const publishContext = { hostNqn: house.host.hostNqn, hostId: house.host.hostId }
    const answers = [
      await ask(Node.method.nodeStageVolume, { ...request, publishContext, volumeContext: good.context }),
      await ask(Node.method.nodeStageVolume, request),
      await ask(Node.method.nodePublishVolume, { ...request, targetPath: TARGET }),
      await ask(Node.method.nodeExpandVolume, { volumeId: VOLUME, volumePath: TARGET, secrets }),
    ]
    expect(answers.map(({ code }) => code)).toEqual(['OK', 'INVALID_ARGUMENT', 'OK', 'OK'])
    const { initiator, filesystem } = house
    const work = [initiator.script.calls, initiator.target, filesystem.script.calls, filesystem.options]
    expect(readable(answers, house.log, house.sink, house.telemetry, work)).not.toContain(CANARY)
  })
})
