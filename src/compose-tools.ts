import { Container } from 'inversify'
import { logModule } from './adapters/log/log.module.ts'
import { systemModule } from './adapters/system/system.module.ts'
import { type Adoption, adopt } from './adopt/adopt.ts'
import { applianceModule } from './compose-appliance.ts'
import type { AdoptConfig, DoctorConfig } from './config.ts'
import { consult } from './doctor/doctor.ts'
import { clusterId } from './domain/ids.ts'
import { ApplianceInventory } from './ports/appliance-inventory.ts'
import { BackendInspection } from './ports/backend-inspection.ts'
import { HardwareProbes } from './ports/hardware-probes.ts'
import { Telemetry } from './ports/telemetry.ts'

/** What the tools at the shell work with: an appliance and no cluster. The log goes to standard error. */
function tools(config: DoctorConfig | AdoptConfig): Container {
  const container = new Container()
  container.load(
    systemModule(),
    logModule({ level: config['log-level'], format: 'text', stream: process.stderr }),
    applianceModule(config, { nvmeAddress: config['nvme-address'] }),
  )
  container.bind<Telemetry>(Telemetry).toConstantValue({ observe: () => undefined })
  return container
}

/** Runs `rds-csi doctor` to its end; answers the exit code. */
export async function runDoctor(config: DoctorConfig, stop: AbortSignal): Promise<number> {
  const container = tools(config)
  try {
    const parts = {
      inspection: container.get<BackendInspection>(BackendInspection),
      probes: container.get<HardwareProbes>(HardwareProbes),
    }
    const write = (text: string) => void process.stdout.write(text)
    return await consult(parts, { hardware: config.hardware, write, stop })
  } finally {
    await container.unbindAllAsync()
  }
}

/** Runs `rds-csi adopt` to its end; answers the exit code. */
export async function runAdopt(config: AdoptConfig, stop: AbortSignal): Promise<number> {
  const container = tools(config)
  try {
    return await adopt(container.get<ApplianceInventory>(ApplianceInventory), adoptionOf(config, stop))
  } finally {
    await container.unbindAllAsync()
  }
}

function adoptionOf(config: AdoptConfig, stop: AbortSignal): Adoption {
  const { owner } = config
  return {
    output: config.output,
    owner: owner === undefined ? undefined : clusterId(owner),
    offer: {
      driverName: config['driver-name'],
      installation: {
        rdsAddress: config['rds-address'],
        nvmeAddress: config['nvme-address'] ?? '',
        nvmePort: config['nvme-port'],
        basePath: config['rds-volume-base-path'],
      },
      volumeMode: config['volume-mode'],
      accessMode: config['access-mode'],
      storageClass: config['storage-class'],
      fsType: config['fs-type'],
    },
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    stop,
  }
}
