import { onTestFinished } from 'vitest'
import { type ApiClient, ApiTransport } from '../../src/adapters/routeros/api/api-transport.ts'
import { DEFAULT_TIMING, type TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import type { ApiAccess } from '../../src/adapters/routeros/api/api-session.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type FakeOptions, fakeRouter, type FakeRouter, type Script } from './routeros-fake-router.ts'
import { Recorder } from './routeros-recorder.ts'
import { SimulatedClock } from './simulated-clock.ts'

export interface TransportRig {
  readonly transport: ApiTransport
  readonly recorder: Recorder
  readonly router: FakeRouter
}

export interface TransportOptions extends FakeOptions {
  readonly access?: Partial<ApiAccess>
  readonly timing?: Partial<TransportTiming>
  readonly clock?: Clock
  readonly client?: ApiClient
}

/** A transport to a device of which every reply is scripted; both end with the test. */
export async function scripted(script: Script, options: TransportOptions = {}): Promise<TransportRig> {
  const router = await fakeRouter(script, options)
  const recorder = new Recorder()
  const access = { address: '127.0.0.1', port: router.port, user: 'csi', password: async () => 'secret' }
  const transport = new ApiTransport(
    { ...access, ...(options.client && { client: options.client }), ...options.access },
    // A busy machine may take its time to connect.
    { ...DEFAULT_TIMING, wait: 15_000, ...options.timing },
    { clock: options.clock ?? new SystemClock(), log: recorder, telemetry: recorder, random: () => 0 },
  )
  onTestFinished(async () => {
    await transport.close()
    await router.stop()
  })
  return { transport, recorder, router }
}

export const never = (): AbortSignal => new AbortController().signal

/** Shorter than the first pause between attempts, so that there is only one within it. */
const SHORT_WAIT = 300

/** How a command fails whose first attempt to connect fails: time goes on only once that has ended. */
export async function failureToConnect(
  script: Script,
  options: Omit<TransportOptions, 'clock'>,
): Promise<TransportRig & { readonly error: unknown }> {
  const clock = new SimulatedClock()
  const rig = await scripted(script, { ...options, clock, timing: { wait: SHORT_WAIT } })
  const running = rig.transport.run({ path: '/disk/print' }, never()).catch((error: unknown) => error)
  await until(() => rig.recorder.lines.some(({ message }) => message === 'the appliance cannot be reached'))
  await clock.advance(SHORT_WAIT)
  return { ...rig, error: await running }
}

/** Asks again until it holds; fails after fifteen seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it has not come about within fifteen seconds')
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** The same with this client of the binary API. */
export const scriptedBy = (client: ApiClient) => ({
  scripted: (script: Script, options: TransportOptions = {}) => scripted(script, { client, ...options }),
  failureToConnect: (script: Script, options: Omit<TransportOptions, 'clock'>) =>
    failureToConnect(script, { client, ...options }),
})
