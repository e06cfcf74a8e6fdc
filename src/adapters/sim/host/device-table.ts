import type { VolumeNqn } from '../../../domain/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Logger } from '../../../ports/logger.ts'
import type { NvmeTarget } from '../../../ports/nvme-initiator.ts'
import type { BlockSession } from '../blocks/block-client.ts'
import { type MissingNqn, SimulatedDevice } from './device.ts'
import { openSession } from './open-session.ts'

/** What a simulated host is like. */
export interface HostNature {
  /** Which kernel it behaves like when its target refuses a device that it had. */
  readonly onMissingNqn: MissingNqn
  /** The address that its connections come from; absent: whichever the system takes. */
  readonly address?: string
}

/** The block devices of one simulated host. A path is never used again, so that whoever kept an old one finds out. */
export class DeviceTable {
  readonly #devices = new Set<SimulatedDevice>()
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #nature: HostNature
  #made = 0

  constructor(clock: Clock, logger: Logger, nature: HostNature) {
    this.#clock = clock
    this.#logger = logger
    this.#nature = nature
  }

  /** A session from this host's address; errors as `openSession`. */
  open(target: NvmeTarget, signal: AbortSignal): Promise<BlockSession> {
    return openSession(target, signal, this.#nature.address)
  }

  add(target: NvmeTarget, session: BlockSession): SimulatedDevice {
    const device = new SimulatedDevice({
      path: `/dev/nvme${this.#made++}n1`,
      target,
      session,
      clock: this.#clock,
      logger: this.#logger,
      onMissingNqn: this.#nature.onMissingNqn,
      open: (...given) => this.open(...given),
      onGivenUp: (given, error) => {
        this.#devices.delete(given)
        this.#logger.warn('the device is given up', { nqn: given.nqn, device: given.path, error })
      },
    })
    this.#devices.add(device)
    return device
  }

  /** Live or dead; undefined where there is none. */
  ofNqn(nqn: VolumeNqn): SimulatedDevice | undefined {
    return [...this.#devices].find(device => device.nqn === nqn)
  }

  /** Live or dead; undefined where there is none. */
  atPath(path: string): SimulatedDevice | undefined {
    return [...this.#devices].find(device => device.path === path)
  }

  live(): readonly SimulatedDevice[] {
    return [...this.#devices].filter(device => device.live)
  }

  /** Takes the device away and ends its session. What is mounted from it stays, and is dead. */
  async remove(device: SimulatedDevice): Promise<void> {
    this.#devices.delete(device)
    await device.close()
  }

  /** Ends every session. */
  async close(): Promise<void> {
    await Promise.all([...this.#devices].map(device => this.remove(device)))
  }
}
