import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { SimulatedDevice } from '../../../../src/adapters/sim/host/device.ts'
import { openPublished } from '../../../../src/adapters/sim/host/pod-io.ts'
import { testNqn, testTarget } from '../../../contracts/nvme-initiator.contract.ts'
import { startHost } from './simulated-host.ts'

const signal = AbortSignal.timeout(120_000)

/** A simulated host with a folder for mounts and as many connected volumes as are asked for. */
export async function startHostWithDevices() {
  const host = await startHost()
  const folder = await mkdtemp(join(tmpdir(), 'sim-host-'))
  let made = 0
  const at = (path: string): SimulatedDevice => host.devices.atPath(path)!
  return {
    ...host,
    folder,
    at,
    device: async (bytes: number): Promise<string> => {
      const nqn = testNqn(made++)
      await host.target.provide(nqn, bytes)
      return (await host.initiator.connect(testTarget(nqn, host.target.portal), signal)).device.path
    },
    scribble: (path: string, offset: number, data: Uint8Array) => at(path).write(offset, data, signal),
    enlarge: async (path: string, bytes: number): Promise<void> => {
      await host.target.resize(at(path).nqn, bytes)
      await host.initiator.rescan(at(path).nqn, signal)
    },
    kill: async (path: string): Promise<void> => {
      await host.target.withdraw(at(path).nqn)
      await expect.poll(() => at(path).live).toBe(false)
    },
    bytesAt: openPublished,
    close: async () => {
      await host.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
