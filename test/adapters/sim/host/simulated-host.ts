import { DeviceTable } from '../../../../src/adapters/sim/host/device-table.ts'
import type { MissingNqn } from '../../../../src/adapters/sim/host/device.ts'
import { SimulatedFilesystem } from '../../../../src/adapters/sim/host/filesystem.ts'
import { SimulatedInitiator } from '../../../../src/adapters/sim/host/initiator.ts'
import { RecordedLog } from '../../../support/recorded-log.ts'
import { SimulatedClock } from '../../../support/simulated-clock.ts'
import { startAppliance } from './appliance.ts'

/** A node without a kernel, and the appliance that it is connected to. */
export async function startHost(onMissingNqn: MissingNqn = 'retries', address?: string) {
  const target = await startAppliance()
  const clock = new SimulatedClock()
  const log = new RecordedLog()
  const devices = new DeviceTable(clock, log, { onMissingNqn, ...(address !== undefined && { address }) })
  const filesystem = new SimulatedFilesystem(devices)
  return {
    target,
    clock,
    log,
    devices,
    filesystem,
    initiator: new SimulatedInitiator(devices),
    pass: (seconds: number) => clock.advance(seconds * 1000),
    close: async () => {
      await filesystem.close()
      await devices.close()
      await target.stop()
    },
  }
}
export type SimulatedHost = Awaited<ReturnType<typeof startHost>>
