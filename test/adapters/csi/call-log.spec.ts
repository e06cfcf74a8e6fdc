import { describe, expect, it, vi } from 'vitest'
import {
  Controller,
  GroupController,
  Identity,
  Node,
  SnapshotMetadata,
} from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { serviceDefinition } from '../../../src/adapters/csi/service-definition.ts'
import { StorageError } from '../../../src/domain/errors.ts'
import { call, type Observers, startRig } from './rig.ts'

const CANARY = 'canary-51c0'
const secrets = { [CANARY]: CANARY }
const probe = Identity.method.probe

/** The lines once the server has nothing more to do: a second line for one call would be among them. */
async function settled({
  server,
  observers,
}: {
  server: { drain(ms: number): Promise<unknown> }
  observers: Observers
}) {
  await server.drain(2000)
  return observers
}

describe('the log of calls', () => {
  it('has one line for a call that succeeded, with what it is about and how long it took', async () => {
    const rig = await startRig(server => server.add(Controller, { controllerPublishVolume: async () => ({}) }))
    const request = { volumeId: 'pvc-1', nodeId: 'node-a', secrets, volumeContext: { nvmeAddress: '10.0.0.1' } }
    await call(rig.client, Controller.method.controllerPublishVolume, request)
    const { calls, observations } = await settled(rig)
    const method = '/csi.v1.Controller/ControllerPublishVolume'
    const fields = { method, volume_id: 'pvc-1', node_id: 'node-a', code: 'OK', durationMs: 5 }
    expect(calls).toEqual([{ level: 'info', message: 'CSI call', fields }])
    expect(observations).toEqual([{ type: 'rpc', method, code: 'OK', took: 5 }])
  })

  it('names paths and tokens of the request as well', async () => {
    const rig = await startRig(server => server.add(Node, { nodePublishVolume: async () => ({}) }))
    const request = { volumeId: 'v', stagingTargetPath: '/stage', targetPath: '/pod' }
    await call(rig.client, Node.method.nodePublishVolume, request)
    const { calls } = await settled(rig)
    expect(calls[0]?.fields).toMatchObject({ volume_id: 'v', staging_target_path: '/stage', target_path: '/pod' })
  })

  it('has one line for a call that failed, with its error', async () => {
    const rig = await startRig(server =>
      server.add(Controller, { deleteVolume: () => Promise.reject(new StorageError('precondition', 'is held')) }),
    )
    await call(rig.client, Controller.method.deleteVolume, { volumeId: 'v' })
    const { calls, observations } = await settled(rig)
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ level: 'warn', fields: { code: 'FAILED_PRECONDITION', error: 'is held' } })
    expect(observations).toMatchObject([{ type: 'rpc', code: 'FAILED_PRECONDITION' }])
  })

  it('has one line for every method that is not implemented, of every service of the interface', async () => {
    const rig = await startRig(server => server.add(Identity, {}))
    const services = [Identity, Controller, Node, GroupController]
    const methods = services.flatMap(service => service.methods)
    for (const method of methods) {
      const outcome = await call(rig.client, method as typeof Identity.method.probe, {})
      expect(outcome.code).toBe('UNIMPLEMENTED')
    }
    const { calls } = await settled(rig)
    expect(calls.map(line => line.fields['method'])).toEqual(
      methods.map(({ parent, name }) => `/${parent.typeName}/${name}`),
    )
    expect(new Set(calls.map(line => line.fields['code']))).toEqual(new Set(['UNIMPLEMENTED']))
  })

  it('has one line for a stream that is not implemented', async () => {
    const rig = await startRig(server => server.add(Identity, {}))
    const { path, requestSerialize, responseDeserialize } = serviceDefinition(SnapshotMetadata)['getMetadataAllocated']!
    const stream = rig.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { snapshotId: 's' })
    await new Promise(resolve => stream.on('error', resolve).resume())
    const { calls } = await settled(rig)
    expect(calls.map(line => line.fields)).toMatchObject([{ method: path, code: 'UNIMPLEMENTED', snapshot_id: 's' }])
  })

  it('calls a cancelled call CANCELLED, once', async () => {
    const entered = Promise.withResolvers<void>()
    const rig = await startRig(server =>
      server.add(Identity, {
        probe: (_, { signal }) => {
          entered.resolve()
          return new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        },
      }),
    )
    await call(rig.client, probe, {}, { started: running => void entered.promise.then(() => running.cancel()) })
    const { calls } = await settled(rig)
    expect(calls.map(line => line.fields['code'])).toEqual(['CANCELLED'])
  })

  it('calls a call past its deadline DEADLINE_EXCEEDED, once, though its handler ends later and well', async () => {
    const go = Promise.withResolvers<void>()
    const rig = await startRig(server =>
      server.add(Identity, { probe: () => go.promise.then(() => ({ ready: true })) }),
    )
    await call(rig.client, probe, {}, { deadlineMs: 100 })
    // The caller's clock may be ahead: the server has to notice by itself before its handler may end.
    await vi.waitFor(() => expect(rig.observers.calls).toHaveLength(1))
    go.resolve()
    const { calls, observations } = await settled(rig)
    expect(calls.map(line => line.fields['code'])).toEqual(['DEADLINE_EXCEEDED'])
    expect(observations).toHaveLength(1)
  })

  it('has one line for a request that is too large to be read', async () => {
    const rig = await startRig(server => server.add(Controller, { createVolume: async () => ({}) }), {
      maxRequestBytes: 1000,
    })
    const outcome = await call(rig.client, Controller.method.createVolume, { name: 'x'.repeat(2000) })
    expect(outcome.code).toBe('RESOURCE_EXHAUSTED')
    const { calls } = await settled(rig)
    expect(calls.map(line => line.fields['code'])).toEqual(['RESOURCE_EXHAUSTED'])
  })

  it('has one line for a request that is no message', async () => {
    const rig = await startRig(server => server.add(Identity, { probe: async () => ({}) }))
    const { path, responseDeserialize } = serviceDefinition(Identity)['probe']!
    const { promise, resolve } = Promise.withResolvers<unknown>()
    rig.client.makeUnaryRequest(path, () => Buffer.from([0x0f, 0xff]), responseDeserialize, {}, resolve)
    await promise
    const { calls } = await settled(rig)
    expect(calls.map(line => line.fields['code'])).toEqual(['INTERNAL'])
  })

  it('keeps what is asked every few seconds at debug level while it succeeds', async () => {
    const rig = await startRig(server => server.add(Identity, { probe: async () => ({ ready: true }) }))
    await call(rig.client, probe, {})
    const { calls } = await settled(rig)
    expect(calls.map(line => line.level)).toEqual(['debug'])
  })

  it('never shows a secret at any level, and shows the rest of the request at debug level', async () => {
    const rig = await startRig(server => server.add(Controller, { createVolume: async () => ({}) }))
    await call(rig.client, Controller.method.createVolume, { name: 'pvc-1', parameters: { fsType: 'xfs' }, secrets })
    const { lines } = await settled(rig)
    const text = JSON.stringify(lines)
    expect(text).not.toContain(CANARY)
    const debug = lines.find(line => line.level === 'debug')
    const request = { name: 'pvc-1', parameters: { fsType: 'xfs' }, secrets: '***' }
    expect(JSON.parse(JSON.stringify(debug?.fields))).toEqual({ method: '/csi.v1.Controller/CreateVolume', request })
  })

  it('cuts names that are too long for a line', async () => {
    const rig = await startRig(server => server.add(Controller, { createVolume: async () => ({}) }))
    await call(rig.client, Controller.method.createVolume, { name: 'x'.repeat(100_000) })
    const { calls } = await settled(rig)
    expect(String(calls[0]?.fields['name']).length).toBeLessThan(300)
  })
})
