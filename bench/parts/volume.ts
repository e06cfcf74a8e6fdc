import { randomUUID } from 'node:crypto'
import { Controller, VolumeCapability_AccessMode_Mode as MODE } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { NODE } from '../lab/cluster.ts'
import type { CsiClient } from '../lab/csi-client.ts'

const { createVolume, controllerPublishVolume, controllerUnpublishVolume, deleteVolume } = Controller.method
const GIBIBYTE = 1n << 30n

/** A file system for one node at a time. */
export const CAPABILITY = {
  accessType: { case: 'mount' as const, value: { fsType: 'ext4' } },
  accessMode: { mode: MODE.SINGLE_NODE_MULTI_WRITER },
}

export const newVolumeId = (): string => `pvc-${randomUUID()}`

/** The calls of a volume's life, in their order. */
export const STEPS = ['create', 'publish', 'unpublish', 'delete'] as const
export type Step = (typeof STEPS)[number]

/** How a step is done for the volume of this id. */
export type Steps = Readonly<Record<Step, (id: string) => Promise<unknown>>>

/** As the sidecars call the driver. */
export const stepsOf = (client: CsiClient): Steps => ({
  create: id =>
    client.call(createVolume, {
      name: id,
      capacityRange: { requiredBytes: GIBIBYTE },
      volumeCapabilities: [CAPABILITY],
    }),
  publish: id =>
    client.call(controllerPublishVolume, {
      volumeId: id,
      nodeId: NODE,
      volumeCapability: CAPABILITY,
      volumeContext: {},
    }),
  unpublish: id => client.call(controllerUnpublishVolume, { volumeId: id, nodeId: NODE }),
  delete: id => client.call(deleteVolume, { volumeId: id }),
})
