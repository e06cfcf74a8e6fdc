import type { Registry } from 'prom-client'
import type { Hardware } from '../../ports/backend-health.ts'
import type { DiskPace, HardwareCensus } from '../../ports/hardware-census.ts'
import type { Logger } from '../../ports/logger.ts'
import { gauge } from './metric.ts'

type Row<T> = readonly [name: string, help: string, read: (from: T) => number | undefined]

const DISK: readonly Row<DiskPace>[] = [
  ['read_ops_per_second', 'Reads per second', disk => disk.readOpsPerSecond],
  ['write_ops_per_second', 'Writes per second', disk => disk.writeOpsPerSecond],
  ['read_bytes_per_second', 'Bytes read per second', disk => disk.readBytesPerSecond],
  ['write_bytes_per_second', 'Bytes written per second', disk => disk.writeBytesPerSecond],
  ['read_latency_milliseconds', 'Time of a read, on average since the reading before', disk => disk.readLatency],
  ['write_latency_milliseconds', 'Time of a write, on average since the reading before', disk => disk.writeLatency],
  ['wait_latency_milliseconds', 'Time that a request waited, on average likewise', disk => disk.waitLatency],
  ['in_flight_operations', 'Requests under way', disk => disk.inFlight],
  ['active_time_milliseconds', 'Time during which the disk worked, since its start', disk => disk.active],
]

const HARDWARE: readonly Row<Hardware>[] = [
  ['cpu_temperature_celsius', 'Temperature of the processor', ({ cpuTemperature }) => cpuTemperature],
  ['board_temperature_celsius', 'Temperature of the board', ({ boardTemperature }) => boardTemperature],
  ['fan1_speed_rpm', 'Speed of fan 1', ({ fanSpeeds }) => fanSpeeds[0]],
  ['fan2_speed_rpm', 'Speed of fan 2', ({ fanSpeeds }) => fanSpeeds[1]],
  ['psu1_power_watts', 'Power of power supply 1', ({ psuPowers }) => psuPowers[0]],
  ['psu2_power_watts', 'Power of power supply 2', ({ psuPowers }) => psuPowers[1]],
  ['psu1_temperature_celsius', 'Temperature of power supply 1', ({ psuTemperatures }) => psuTemperatures[0]],
  ['psu2_temperature_celsius', 'Temperature of power supply 2', ({ psuTemperatures }) => psuTemperatures[1]],
  ['disk_pool_size_bytes', 'Size of the pool', ({ poolSize }) => poolSize],
  ['disk_pool_used_bytes', 'Bytes of the pool that are taken', ({ poolUsed }) => poolUsed],
]

/** The appliance's traffic and health by the last reading; what the device does not tell is absent. */
export function hardwareGauges(registry: Registry, census: HardwareCensus, logger: Logger): void {
  for (const [name, help, read] of DISK) {
    const text = { name: `rds_disk_${name}`, help: `The pool's disk: ${help.toLowerCase()}`, labels: ['slot'] }
    const sample = () => {
      const disk = census.disk()
      return disk === undefined ? [] : { labels: { slot: disk.slot }, value: read(disk) }
    }
    gauge(registry, text, sample, logger)
  }
  for (const [name, help, read] of HARDWARE) {
    const sample = () => {
      const hardware = census.hardware()
      return { value: hardware && read(hardware) }
    }
    gauge(registry, { name: `rds_hardware_${name}`, help }, sample, logger)
  }
}
