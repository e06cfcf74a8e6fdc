import { onTestFinished } from 'vitest'
import { ApiTransport } from '../../../../src/adapters/routeros/api/api-transport.ts'
import { DEFAULT_TIMING } from '../../../../src/adapters/routeros/link/session-transport.ts'
import { RouterOsProbes } from '../../../../src/adapters/routeros/probes/probes.ts'
import type { RunningDevice } from '../../../../src/adapters/sim/routeros-device/running-device.ts'
import { type DeviceOptions, startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import { SystemClock } from '../../../../src/adapters/system/system-clock.ts'
import type { ProbeResult } from '../../../../src/ports/hardware-probes.ts'
import { NvmeTarget } from '../../../support/nvme-target.ts'
import { Recorder } from '../../../support/routeros-recorder.ts'

export const BASE_PATH = '/storage-pool/csi/volumes'
const LOCALHOST = { host: '127.0.0.1', port: 0 }

export interface ProbeRig {
  readonly device: RunningDevice
  readonly target: NvmeTarget
  readonly transport: ApiTransport
  readonly probes: RouterOsProbes
}

/** Probes on a simulated device that can also be reached over NVMe/TCP. */
export async function probeRig(options: DeviceOptions = {}): Promise<ProbeRig> {
  const device = await startDevice({ api: LOCALHOST, password: 'pw', copy: { bytesPerSecond: 1e12 }, ...options })
  onTestFinished(() => device.stop())
  const target = await NvmeTarget.start(device)
  const transport = openTransport(device)
  const nvme = { nvmeAddress: '127.0.0.1', nvmePort: target.port }
  const way = { address: '127.0.0.1', transport: 'api-plain', user: options.user ?? 'admin', basePath: BASE_PATH }
  return {
    device,
    target,
    transport,
    probes: new RouterOsProbes(transport, { ...way, ...nvme }, new SystemClock(), 40),
  }
}

/** `wait`: how long a command waits for a link; a busy machine may take its time. */
export function openTransport(device: RunningDevice, user = 'admin', wait = 15_000): ApiTransport {
  const recorder = new Recorder()
  const access = { address: '127.0.0.1', port: device.addresses.api!.port, user, password: async () => 'pw' }
  const timing = { ...DEFAULT_TIMING, wait, pauses: { first: 2, longest: 20 } }
  const transport = new ApiTransport(access, timing, { clock: new SystemClock(), log: recorder, telemetry: recorder })
  onTestFinished(() => transport.close())
  return transport
}

/** Everything that the probes told, by point. */
export async function allResults({ probes }: Pick<ProbeRig, 'probes'>): Promise<ReadonlyMap<string, ProbeResult>> {
  const results = new Map<string, ProbeResult>()
  await probes.run(result => results.set(result.point, result), new AbortController().signal)
  return results
}
