import { describe, expect, it, vi } from 'vitest'
import { Controller, Identity, type ProbeRequest } from '../../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import type { CallContext, UnaryHandlers } from '../../../src/adapters/csi/unary.ts'
import { StorageError } from '../../../src/domain/errors.ts'
import { call, startRig } from './rig.ts'

const serve = (handlers: UnaryHandlers<typeof Identity>, settings = {}) =>
  startRig(server => server.add(Identity, handlers), settings)

/** A handler that ends only when its signal aborts, and what its signal then says. */
function waiting() {
  const entered = Promise.withResolvers<void>()
  const left = Promise.withResolvers<unknown>()
  const probe = async (_: ProbeRequest, { signal }: CallContext): Promise<never> => {
    entered.resolve()
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
    left.resolve(signal.reason)
    throw signal.reason
  }
  return { probe, entered: entered.promise, left: left.promise }
}

describe('a unary handler', () => {
  it('is given the request and its answer reaches the caller, big numbers exact', async () => {
    const { client } = await startRig(server =>
      server.add(Controller, {
        createVolume: async ({ name, capacityRange }) => ({
          volume: { volumeId: name, capacityBytes: capacityRange!.requiredBytes },
        }),
      }),
    )
    const capacityRange = { requiredBytes: 9_007_199_254_740_993n }
    const { response } = await call(client, Controller.method.createVolume, { name: 'pvc-1', capacityRange })
    expect(response?.volume).toMatchObject({ volumeId: 'pvc-1', capacityBytes: 9_007_199_254_740_993n })
  })

  it('that rejects gives the status of its error', async () => {
    const { client } = await serve({ probe: () => Promise.reject(new StorageError('busy', 'try again')) })
    expect(await call(client, Identity.method.probe, {})).toEqual({ code: 'ABORTED', details: 'try again' })
  })

  it('that throws before it waits gives a status too', async () => {
    const { client } = await serve({
      probe: () => {
        throw new StorageError('invalid', 'näme: not allowed\n100 %')
      },
    })
    const expected = { code: 'INVALID_ARGUMENT', details: 'näme: not allowed\n100 %' }
    expect(await call(client, Identity.method.probe, {})).toEqual(expected)
  })

  it('that breaks is INTERNAL; where it broke is only in the log', async () => {
    const probe = async (): Promise<never> => {
      throw new Error('broke', { cause: new Error('below') })
    }
    const { client, observers } = await serve({ probe })
    expect(await call(client, Identity.method.probe, {})).toEqual({ code: 'INTERNAL', details: 'broke' })
    const fault = observers.lines.find(line => line.message === 'fault')
    expect(fault).toMatchObject({ level: 'error', fields: { method: '/csi.v1.Identity/Probe' } })
    expect(fault?.fields['stacks']).toEqual([expect.stringContaining('unary.spec'), expect.stringContaining('below')])
  })

  it('that does not exist is UNIMPLEMENTED', async () => {
    const { client } = await serve({})
    expect((await call(client, Identity.method.getPluginInfo, {})).code).toBe('UNIMPLEMENTED')
    expect((await call(client, Controller.method.createVolume, {})).code).toBe('UNIMPLEMENTED')
  })

  it('never rejects unheard, however it ends', async () => {
    const unheard = vi.fn()
    process.on('unhandledRejection', unheard)
    const { client } = await serve({
      probe: () => Promise.reject(new Error('async')),
      getPluginInfo: () => {
        throw new Error('sync')
      },
    })
    const codes = await Promise.all([
      call(client, Identity.method.probe, {}),
      call(client, Identity.method.getPluginInfo, {}),
    ])
    process.off('unhandledRejection', unheard)
    expect(codes.map(({ code }) => code)).toEqual(['INTERNAL', 'INTERNAL'])
    expect(unheard).not.toHaveBeenCalled()
  })
})

describe('the signal of a call', () => {
  it('does not abort when the call succeeded, although grpc-js then reports a cancellation', async () => {
    const signals: AbortSignal[] = []
    const { client, server } = await serve({
      probe: async (_, { signal }) => {
        signals.push(signal)
        return { ready: true }
      },
    })
    for (let n = 0; n < 20; n++) await call(client, Identity.method.probe, {})
    await server.drain(1000)
    expect(signals.map(signal => signal.aborted)).toEqual(Array.from({ length: 20 }, () => false))
  })

  it('aborts as AbortError when the caller cancels', async () => {
    const { probe, entered, left } = waiting()
    const { client } = await serve({ probe })
    const outcome = call(
      client,
      Identity.method.probe,
      {},
      { started: running => void entered.then(() => running.cancel()) },
    )
    expect((await outcome).code).toBe('CANCELLED')
    expect(await left).toMatchObject({ name: 'AbortError' })
  })

  it('aborts as TimeoutError when the deadline passes', async () => {
    const { probe, left } = waiting()
    const { client } = await serve({ probe })
    expect((await call(client, Identity.method.probe, {}, { deadlineMs: 150 })).code).toBe('DEADLINE_EXCEEDED')
    expect(await left).toMatchObject({ name: 'TimeoutError' })
  })

  it('aborts after the default deadline where the caller sent none', async () => {
    const { probe, left } = waiting()
    const { client } = await serve({ probe }, { defaultDeadline: 60 })
    expect((await call(client, Identity.method.probe, {}, { deadlineMs: Infinity })).code).toBe('DEADLINE_EXCEEDED')
    expect(await left).toMatchObject({ name: 'TimeoutError' })
  })

  it('leaves a caller with a longer deadline than the default one its time', async () => {
    const { probe, entered, left } = waiting()
    const { client } = await serve({ probe }, { defaultDeadline: 1 })
    const started = Date.now()
    const outcome = call(client, Identity.method.probe, {}, { deadlineMs: 300 })
    await entered
    await left
    expect(Date.now() - started).toBeGreaterThan(200)
    expect((await outcome).code).toBe('DEADLINE_EXCEEDED')
  })

  it('takes a deadline further away than a timer can hold', async () => {
    const { client } = await serve({ probe: async (_, { signal }) => ({ ready: !signal.aborted }) })
    const outcome = await call(client, Identity.method.probe, {}, { deadlineMs: 20 * 24 * 3_600_000 })
    expect(outcome.response?.ready).toBe(true)
  })
})
