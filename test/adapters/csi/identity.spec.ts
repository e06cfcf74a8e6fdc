import { describe, expect, it } from 'vitest'
import {
  Controller,
  Identity,
  Node,
  PluginCapability_Service_Type as SERVICE,
  PluginCapability_VolumeExpansion_Type as EXPANSION,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { identityHandlers } from '../../../src/adapters/csi/identity.ts'
import { Readiness } from '../../../src/app/readiness.ts'
import { startRig, call } from './rig.ts'
import { controllerRig, DRIVER, nodeRig } from './service-rig.ts'

const rpc = Identity.method

describe.each([
  ['controller', controllerRig],
  ['node', nodeRig],
] as const)('the Identity service of a %s', (_, rig) => {
  it('tells name and version', async () => {
    const { ask } = await rig()
    const { response } = await ask(rpc.getPluginInfo, {})
    expect(response).toMatchObject({ name: 'rds.csi.srvlab.io', vendorVersion: '1.2.3' })
  })

  it('tells what the driver as a whole can do', async () => {
    const { ask } = await rig()
    const { response } = await ask(rpc.getPluginCapabilities, {})
    expect(response?.capabilities.map(({ type }) => [type.case, type.value?.type])).toEqual([
      ['service', SERVICE.CONTROLLER_SERVICE],
      ['volumeExpansion', EXPANSION.OFFLINE],
    ])
  })

  it('says whether it is ready, and answers all the same while it is not', async () => {
    const { ask, house } = await rig()
    expect((await ask(rpc.probe, {})).response?.ready).toBe(true)
    house.readiness.notReady('waiting')
    expect((await ask(rpc.probe, {})).response?.ready).toBe(false)
    expect((await ask(rpc.getPluginInfo, {})).code).toBe('OK')
  })
})

describe('a role', () => {
  it('serves no service of the other one', async () => {
    const controller = await controllerRig()
    expect((await controller.ask(Node.method.nodeGetInfo, {})).code).toBe('UNIMPLEMENTED')
    const node = await nodeRig()
    expect((await node.ask(Controller.method.listVolumes, {})).code).toBe('UNIMPLEMENTED')
  })
})

describe('online expansion', () => {
  it('is told where it was proven', async () => {
    const handlers = identityHandlers({ ...DRIVER, onlineExpansion: true }, new Readiness())
    const { client } = await startRig(server => server.add(Identity, handlers))
    const { response } = await call(client, rpc.getPluginCapabilities, {})
    expect(response?.capabilities.at(-1)?.type.value?.type).toBe(EXPANSION.ONLINE)
    expect((await call(client, rpc.probe, {})).response?.ready).toBe(false)
  })
})
