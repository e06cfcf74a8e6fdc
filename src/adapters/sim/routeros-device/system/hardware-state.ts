/** One reading of `/system/health`. */
export interface HealthReading {
  readonly value: string
  /** `C`, `V`, `A`, `W`, `RPM` or `''` for a state. */
  readonly type: string
}

/** One package of `/system/package`. */
export interface DevicePackage {
  readonly name: string
  readonly disabled?: boolean
}

/** Names in the style of other devices of the maker; those of an RDS2216 have not been captured. */
const HEALTH: Readonly<Record<string, HealthReading>> = {
  'cpu-temperature': { value: '46', type: 'C' },
  'board-temperature1': { value: '38', type: 'C' },
  'fan1-speed': { value: '5640', type: 'RPM' },
  'fan2-speed': { value: '5580', type: 'RPM' },
  'psu1-power': { value: '74', type: 'W' },
  'psu1-temperature': { value: '33', type: 'C' },
  'psu2-power': { value: '71', type: 'W' },
  'psu2-temperature': { value: '34', type: 'C' },
}

/** What a device tells of itself; all of it may be changed while it runs. */
export class HardwareState {
  identity = 'MikroTik'
  /** The release that it runs. */
  version = '7.24.4'
  packages: readonly DevicePackage[] = [{ name: 'routeros' }, { name: 'rose-storage' }]
  health: ReadonlyMap<string, HealthReading> = new Map(Object.entries(HEALTH))
  /** `rows`: name, value and type each; `properties`: one set, temperatures and voltages in tenths (older releases). */
  healthStyle: 'rows' | 'properties' = 'rows'
  /** Minutes by which the device's clock is ahead of UTC. */
  utcOffset = 0
}
