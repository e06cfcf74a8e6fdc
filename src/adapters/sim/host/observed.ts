import type { Clock } from '../../../ports/clock.ts'
import type { Filesystem } from '../../../ports/filesystem.ts'
import type { NvmeInitiator } from '../../../ports/nvme-initiator.ts'
import type { Observation, Telemetry } from '../../../ports/telemetry.ts'

type MountOperation = Extract<Observation, { type: 'mount' }>['operation']

/** The same initiator; each connect that is more than a look at what is there is observed. */
export function observedInitiator(initiator: NvmeInitiator, telemetry: Telemetry, clock: Clock): NvmeInitiator {
  return {
    connect: async (target, signal) => {
      const start = clock.monotonic()
      const observe = (outcome: 'success' | 'failure'): void =>
        telemetry.observe({ type: 'nvme-connect', outcome, took: clock.monotonic() - start })
      try {
        const connection = await initiator.connect(target, signal)
        if (connection.isNew) observe('success')
        return connection
      } catch (error) {
        observe('failure')
        throw error
      }
    },
    disconnect: (nqn, signal) => initiator.disconnect(nqn, signal),
    device: (nqn, signal) => initiator.device(nqn, signal),
    sessions: () => initiator.sessions(),
    rescan: (nqn, signal) => initiator.rescan(nqn, signal),
  }
}

/** The same file systems; everything that changes a mount or a file system is observed. */
export function observedFilesystem(filesystem: Filesystem, telemetry: Telemetry): Filesystem {
  const observed = async (operation: MountOperation, work: Promise<void>): Promise<void> => {
    try {
      await work
      telemetry.observe({ type: 'mount', operation, outcome: 'success' })
    } catch (error) {
      telemetry.observe({ type: 'mount', operation, outcome: 'failure' })
      throw error
    }
  }
  return {
    probe: (device, signal) => filesystem.probe(device, signal),
    format: (...given) => observed('format', filesystem.format(...given)),
    check: (...given) => observed('check', filesystem.check(...given)),
    mount: (...given) => observed('mount', filesystem.mount(...given)),
    bind: (...given) => observed('mount', filesystem.bind(...given)),
    bindDevice: (...given) => observed('mount', filesystem.bindDevice(...given)),
    unmount: (...given) => observed('unmount', filesystem.unmount(...given)),
    mounts: signal => filesystem.mounts(signal),
    usage: (path, signal) => filesystem.usage(path, signal),
    grow: (...given) => observed('grow', filesystem.grow(...given)),
  }
}
