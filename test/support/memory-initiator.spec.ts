import type { VolumeId } from '../../src/domain/ids.ts'
import { volumeOfNqn } from '../../src/domain/volume-id.ts'
import type { Admitted } from '../../src/ports/host-access.ts'
import {
  nvmeInitiatorContract,
  type OpenedInitiator,
  type TargetControl,
} from '../contracts/nvme-initiator.contract.ts'
import { type Disk, MemoryAppliance, NOBODY } from './memory-appliance.ts'
import { MemoryInitiator } from './memory-initiator.ts'

function control(appliance: MemoryAppliance): TargetControl {
  const withdrawn = new Map<Disk, Admitted>()
  const diskOf = (nqn: string): Disk => appliance.disks.get(volumeOfNqn(nqn) as VolumeId)!
  return {
    portal: { address: '10.0.1.1', port: 4420 },
    deadPortal: { address: '10.0.1.2', port: 4420 },
    silentPortal: { address: '10.0.1.3', port: 4420 },
    provide: async (nqn, bytes, host) => {
      const id = volumeOfNqn(nqn) as VolumeId
      const spec = { id, name: id, bytes, folder: appliance.basePath }
      appliance.seed(spec, host === undefined ? { to: 'any' } : { to: 'host', host })
    },
    withdraw: async nqn => {
      const disk = diskOf(nqn)
      withdrawn.set(disk, disk.admitted)
      disk.admitted = NOBODY
      disk.cuts += 1
    },
    restore: async nqn => {
      const disk = diskOf(nqn)
      disk.admitted = withdrawn.get(disk) ?? disk.admitted
    },
    resize: async (nqn, bytes) => {
      const disk = diskOf(nqn)
      disk.volume = { ...disk.volume, bytes }
    },
    powerOff: async () => appliance.powerOff(),
    powerOn: async () => appliance.powerOn(),
  }
}

nvmeInitiatorContract('in memory', async (): Promise<OpenedInitiator> => {
  const appliance = new MemoryAppliance()
  const initiator = new MemoryInitiator(appliance)
  initiator.elsewhere.set('10.0.1.2:4420', 'dead').set('10.0.1.3:4420', 'silent')
  return {
    initiator,
    target: control(appliance),
    pass: async () => initiator.reconnect(),
    close: async () => undefined,
  }
})
