import { ApiTransport } from '../../src/adapters/routeros/api/api-transport.ts'
import { DEFAULT_TIMING } from '../../src/adapters/routeros/link/session-transport.ts'
import { slotOf } from '../../src/adapters/routeros/slot.ts'
import { TlsTrust } from '../../src/adapters/routeros/tls-trust.ts'
import type { DeviceCommand } from '../../src/adapters/routeros/transport.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import { parseVolumeId } from '../../src/domain/volume-id.ts'
import { BASE_PATH, type DeviceGreeting } from '../lab/device.ts'
import type { Steps } from './volume.ts'

const DEADLINE = 60_000
const silent = () => undefined
const log = { debug: silent, info: silent, warn: silent, error: silent }

/**
 * An older driver's command pattern, 3, 1, 0 and 4 commands one after the other, on our transport to the same device. No
 * driver is around it: no gRPC, no locks, no checks.
 */
export class OlderPattern {
  readonly #transport: ApiTransport

  constructor({ ports, fingerprint, password }: DeviceGreeting) {
    const access = { address: '127.0.0.1', port: ports.apiTls, user: 'admin', password: async () => password }
    const trust = new TlsTrust({ fingerprint })
    const parts = { clock: new SystemClock(), log, telemetry: { observe: silent } }
    this.#transport = new ApiTransport({ ...access, trust }, DEFAULT_TIMING, parts)
  }

  get steps(): Steps {
    const run = (commands: (slot: string, file: string) => readonly DeviceCommand[]) => (id: string) =>
      this.#inOrder(commands(slotOf(known(id)), `${BASE_PATH.slice(1)}/${id}.img`))
    return {
      create: run((slot, file) => [printDisk(slot), addDisk(slot, file), printDisk(slot)]),
      publish: run(slot => [printDisk(slot)]),
      unpublish: run(() => []),
      delete: run((slot, file) => [
        printDisk(slot),
        { path: '/disk/remove', args: { '.id': slot } },
        { path: '/file/print', anyOf: [['name', file]] },
        { path: '/file/remove', args: { '.id': file } },
      ]),
    }
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  async #inOrder(commands: readonly DeviceCommand[]): Promise<void> {
    for (const command of commands) await this.#transport.run(command, AbortSignal.timeout(DEADLINE))
  }
}

const printDisk = (slot: string): DeviceCommand => ({ path: '/disk/print', anyOf: [['slot', slot]] })

const addDisk = (slot: string, file: string): DeviceCommand => ({
  path: '/disk/add',
  args: { type: 'file', slot, 'file-path': `/${file}`, 'file-size': String(1 << 30) },
})

function known(id: string) {
  const volume = parseVolumeId(id)
  if (volume === undefined) throw new Error(`${id} is no id of a volume`)
  return volume
}
