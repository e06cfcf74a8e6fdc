import { onTestFinished } from 'vitest'
import { DEFAULT_TIMING, type TransportTiming } from '../../src/adapters/routeros/link/session-transport.ts'
import type { RestAccess } from '../../src/adapters/routeros/rest/rest-session.ts'
import { RestTransport } from '../../src/adapters/routeros/rest/rest-transport.ts'
import { TlsTrust } from '../../src/adapters/routeros/tls-trust.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type RestFake, restFake, type RestScript } from './rest-fake-device.ts'
import { Recorder } from './routeros-recorder.ts'

export interface RestRig {
  readonly transport: RestTransport
  readonly recorder: Recorder
  readonly device: RestFake
}

export interface RestOptions {
  readonly access?: Partial<RestAccess>
  readonly timing?: Partial<TransportTiming>
  readonly clock?: Clock
  readonly tellsIdentity?: boolean
}

/** A REST transport to a device of which every answer is scripted; both end with the test. */
export async function restRig(script: RestScript, options: RestOptions = {}): Promise<RestRig> {
  const device = await restFake(script, options)
  const recorder = new Recorder()
  const trust = new TlsTrust({ fingerprint: device.fingerprint })
  const access = { address: '127.0.0.1', port: device.port, trust, user: 'csi', password: async () => 'secret' }
  const transport = new RestTransport(
    { ...access, ...options.access },
    { ...DEFAULT_TIMING, wait: 15_000, ...options.timing },
    { clock: options.clock ?? new SystemClock(), log: recorder, telemetry: recorder, random: () => 0 },
  )
  onTestFinished(async () => {
    await transport.close()
    await device.stop()
  })
  return { transport, recorder, device }
}
