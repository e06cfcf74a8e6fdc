import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { startDevice } from '../../../../src/adapters/sim/routeros-device/start-device.ts'
import type { VolumeNqn } from '../../../../src/domain/ids.ts'
import type { TargetControl } from '../../../contracts/nvme-initiator.contract.ts'

const LOCAL = { host: '127.0.0.1', port: 0 }
const EXPORT = 'nvme-tcp-export'

/** The end of a volume's NQN, which is different for each and short enough for a slot. */
const slotOf = (nqn: VolumeNqn): string => nqn.slice(-12)

/** A simulated appliance with its block port, and two ports that are not it. */
export async function startAppliance(): Promise<
  TargetControl & { readonly sessions: () => number; stop(): Promise<void> }
> {
  const device = await startDevice({ blocks: LOCAL, switches: { resizeVisible: 'atOnce' } })
  const port = device.addresses.blocks?.port ?? 0
  const silent = await silentServer()
  const set = async (nqn: VolumeNqn, change: Record<string, string>): Promise<void> =>
    void device.perform('/disk/set', { '.id': slotOf(nqn), ...change })
  return {
    portal: { address: '127.0.0.1', port },
    deadPortal: { address: '127.0.0.1', port: await freePort() },
    silentPortal: { address: '127.0.0.1', port: silent.port },
    provide: async (nqn, bytes, host) => {
      const slot = slotOf(nqn)
      const file = { type: 'file', slot, 'file-path': `storage-pool/${slot}.img`, 'file-size': String(bytes) }
      const allowed = host === undefined ? {} : { 'nvme-tcp-server-allow-host-name': host }
      device.perform('/disk/add', {
        ...file,
        ...allowed,
        [EXPORT]: 'yes',
        'nvme-tcp-server-nqn': nqn,
        'nvme-tcp-server-port': String(port),
      })
    },
    withdraw: nqn => set(nqn, { [EXPORT]: 'no' }),
    restore: nqn => set(nqn, { [EXPORT]: 'yes' }),
    resize: (nqn, bytes) => set(nqn, { 'file-size': String(bytes) }),
    powerOff: () => device.die(),
    powerOn: () => device.restart(),
    sessions: () => device.blockSessions,
    stop: async () => {
      await device.stop()
      silent.stop()
    },
  }
}

async function silentServer(): Promise<{ port: number; stop: () => void }> {
  const sockets: Socket[] = []
  const server = createServer(socket => void sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, stop }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { port, stop } = await silentServer()
  stop()
  return port
}
