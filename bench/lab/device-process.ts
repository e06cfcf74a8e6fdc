/** The simulated appliance as a process of its own, so that its processor time is not counted as the driver's. */
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import type { DeviceGreeting, DeviceQuestion } from './device.ts'

const PASSWORD = 'correct horse battery staple'

const device = await startDevice({
  apiTls: { host: '127.0.0.1', port: 0 },
  password: PASSWORD,
  directories: ['storage-pool/volumes'],
})

process.on('message', (question: DeviceQuestion) => {
  if ('latencyMs' in question) device.latencyMs = question.latencyMs
  const arrivals = device.commands.map(({ path, at }) => ({ path, at: at.getTime() }))
  device.clearCommands()
  process.send?.(arrivals)
})
process.once('disconnect', () => void device.stop().then(() => process.exit()))

const { apiTls } = device.addresses
const greeting: DeviceGreeting = {
  port: apiTls?.port ?? 0,
  fingerprint: device.certificate?.fingerprint ?? '',
  password: PASSWORD,
}
process.send?.(greeting)
