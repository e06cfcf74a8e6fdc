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
      ['service', SERVICE.GROUP_CONTROLLER_SERVICE],
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

describe('a controller whose appliance cannot be reached', () => {
  it('says that it is not ready until the link is back', async () => {
    const { ask, house } = await controllerRig()
    house.appliance.link.cut()
    expect((await ask(rpc.probe, {})).response?.ready).toBe(false)
    house.appliance.link.restore()
    expect((await ask(rpc.probe, {})).response?.ready).toBe(true)
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

describe('groups of snapshots', () => {
  const services = async (rig: Awaited<ReturnType<typeof controllerRig>>) =>
    (await rig.ask(rpc.getPluginCapabilities, {})).response?.capabilities
      .filter(({ type }) => type.case === 'service')
      .map(({ type }) => type.value?.type)

  it('are told by a controller only while its pool takes snapshots at once', async () => {
    const rig = await controllerRig()
    rig.house.appliance.ability = { way: 'copy' }
    expect(await services(rig)).toEqual([SERVICE.CONTROLLER_SERVICE])
    rig.house.appliance.ability = { way: 'none', why: 'the pool has file system xfs' }
    expect(await services(rig)).toEqual([SERVICE.CONTROLLER_SERVICE])
    rig.house.appliance.ability = { way: 'instant' }
    expect(await services(rig)).toContain(SERVICE.GROUP_CONTROLLER_SERVICE)
  })

  it('are not told before the pool is known', async () => {
    const rig = await controllerRig()
    rig.house.readiness.notReady('waiting')
    expect(await services(rig)).toEqual([SERVICE.CONTROLLER_SERVICE])
  })
})

describe('online expansion', () => {
  it('is told where it was proven', async () => {
    const handlers = identityHandlers({ ...DRIVER, onlineExpansion: true }, new Readiness(), {
      servesGroups: () => false,
      isReachable: () => true,
    })
    const { client } = await startRig(server => server.add(Identity, handlers))
    const { response } = await call(client, rpc.getPluginCapabilities, {})
    expect(response?.capabilities.at(-1)?.type.value?.type).toBe(EXPANSION.ONLINE)
    expect((await call(client, rpc.probe, {})).response?.ready).toBe(false)
  })
})
