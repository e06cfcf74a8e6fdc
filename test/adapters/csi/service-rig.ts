import { join } from 'node:path'
import type { DescMessage, DescMethodUnary, MessageInitShape } from '@bufbuild/protobuf'
import type { Client } from '@grpc/grpc-js'
import type { Container } from 'inversify'
import { onTestFinished } from 'vitest'
import { type CsiOptions, csiModule } from '../../../src/adapters/csi/csi.module.ts'
import {
  type Controller,
  VolumeCapability_AccessMode_Mode as MODE,
  type VolumeCapability_AccessMode_Mode as Mode,
  type VolumeCapabilitySchema,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { CsiServer } from '../../../src/adapters/csi/server.ts'
import { GiB } from '../../../src/domain/capacity.ts'
import { FOLDER, type HouseOptions, INSTALLATION, livingHouse, VOLUME } from '../../support/controller-house.ts'
import { NodeHouse } from '../../support/node-house.ts'
import { call, clientOf, type Outcome, scratchDirectory } from './rig.ts'

export const DRIVER = { driverName: 'rds.csi.srvlab.io', version: '1.2.3', onlineExpansion: false }
export const NAME = 'pvc-aaaaaaaa-2222-4333-8444-555555555555'
/** What the tests of the field take for a volume id: well-formed, and none of ours. */
export const FOREIGN = 'fake-vol-id-0123456789'

type Ask = <I extends DescMessage, O extends DescMessage>(
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
) => Promise<Outcome<O>>

/** The driver's services of a role on a socket of their own, over a house of doubles. */
async function serve(container: Container, options: CsiOptions): Promise<{ client: Client; ask: Ask }> {
  container.load(csiModule(options))
  const server = container.get(CsiServer)
  const path = await server.listen(join(scratchDirectory(), 'csi.sock'))
  onTestFinished(async () => void (await server.drain(0)))
  const client = clientOf(path)
  return { client, ask: (method, request) => call(client, method, request) }
}

/** A controller that is ready, with one volume (`VOLUME`, 1 GiB) that nobody holds. */
export async function controllerRig(options: HouseOptions = {}) {
  const house = await livingHouse(options)
  const { rdsAddress } = INSTALLATION
  return { house, ...(await serve(house.container, { role: 'controller', rdsAddress, ...DRIVER })) }
}

/** A node to which the one volume is exported. */
export async function nodeRig(mayConnect?: (address: string) => boolean) {
  const house = new NodeHouse()
  house.readiness.ready()
  const limited = mayConnect === undefined ? {} : { mayConnect }
  const options: CsiOptions = { role: 'node', nodeId: 'node-a', groupSnapshots: true, ...DRIVER, ...limited }
  return { house, ...(await serve(house.container, options)) }
}

type CapabilityShape = MessageInitShape<typeof VolumeCapabilitySchema>

/** Any number may be a mode on the wire. */
export const block = (mode: number = MODE.SINGLE_NODE_WRITER): CapabilityShape => ({
  accessType: { case: 'block', value: {} },
  accessMode: { mode: mode as Mode },
})

interface MountMore {
  readonly mountFlags?: string[]
  readonly volumeMountGroup?: string
  readonly mode?: number
}

export const mount = (fsType = 'ext4', more: MountMore = {}): CapabilityShape => {
  const { mode = MODE.SINGLE_NODE_WRITER, ...rest } = more
  return { accessType: { case: 'mount', value: { fsType, ...rest } }, accessMode: { mode: mode as Mode } }
}

export const range = (requiredBytes: number | bigint, limitBytes: number | bigint = 0) => ({
  requiredBytes: BigInt(requiredBytes),
  limitBytes: BigInt(limitBytes),
})

/** Good requests: each test spoils one field. */
export const good = {
  create: { name: NAME, capacityRange: range(2 * GiB), volumeCapabilities: [mount()] },
  publish: { volumeId: VOLUME, nodeId: 'node-a', volumeCapability: block() },
  context: { nvmeAddress: '10.0.1.1', volumePath: FOLDER },
} satisfies {
  create: MessageInitShape<(typeof Controller)['method']['createVolume']['input']>
  publish: MessageInitShape<(typeof Controller)['method']['controllerPublishVolume']['input']>
  context: Record<string, string>
}
