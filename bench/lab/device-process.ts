/** The simulated appliance as a process of its own, so that its processor time is not counted as the driver's. */
import { startDevice } from '../../src/adapters/sim/routeros-device/start-device.ts'
import type { DeviceAnswer, DeviceGreeting, DeviceQuestion, Item } from './device.ts'

const PASSWORD = 'correct horse battery staple'
const LOCAL = { host: '127.0.0.1', port: 0 }
/** Of the pool: room for 10,000 volumes and more, each of which takes its full size. */
const ROOM = 2 ** 50

const device = await startDevice({
  apiTls: LOCAL,
  rest: LOCAL,
  ssh: LOCAL,
  hostKeyType: 'ed25519',
  password: PASSWORD,
  size: ROOM,
  directories: ['storage-pool/volumes'],
})

/** Past every service, as if it had always been there. */
function put({ slot, comment, path, bytes }: Item): void {
  const file = { type: 'file', 'file-path': path, 'file-size': String(bytes) }
  device.perform('/disk/add', { ...file, slot, comment })
}

function take({ slot, path }: Item): void {
  device.perform('/disk/remove', { '.id': slot })
  device.perform('/file/remove', { '.id': path.slice(1) })
}

process.on('message', ({ latencyMs, put: wanted = [], take: unwanted = [] }: DeviceQuestion) => {
  if (latencyMs !== undefined) device.latencyMs = latencyMs
  for (const item of wanted) put(item)
  for (const item of unwanted) take(item)
  const arrivals = device.commands.map(({ path, words, at }) => ({ path, words, at: at.getTime() }))
  device.clearCommands()
  const answer: DeviceAnswer = { arrivals, worked: device.worked }
  process.send?.(answer)
})
process.once('disconnect', () => void device.stop().then(() => process.exit()))

const { apiTls, rest, ssh } = device.addresses
const greeting: DeviceGreeting = {
  ports: { apiTls: apiTls?.port ?? 0, rest: rest?.port ?? 0, ssh: ssh?.port ?? 0 },
  fingerprint: device.certificate?.fingerprint ?? '',
  hostKey: device.hostKey?.fingerprint ?? '',
  password: PASSWORD,
}
process.send?.(greeting)
