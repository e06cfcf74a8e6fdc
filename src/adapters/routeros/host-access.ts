import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Admitted, HostAccess } from '../../ports/host-access.ts'
import { writeComment } from './comment.ts'
import { readDisk, turnOff } from './export-switch.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, mayBeLive } from './known-disk.ts'
import { CLOSED, GONE } from './late-commands.ts'
import { refused } from './refusals.ts'

type Export = Exclude<Admitted, { to: 'nobody' }>

/** Who may connect to a volume, by the NVMe/TCP export of its disk and the host NQN that the export lets in. */
export class RouterOsHostAccess implements HostAccess {
  readonly #holdings: Holdings

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  async allow(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, () => this.#allow(id, admitted, signal))
  }

  async revoke(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, async () => {
      await this.#holdings.awaitOthers(id, [CLOSED, GONE], signal)
      const disk = await this.#holdings.confirmed(id, signal)
      if (disk !== undefined && mayBeLive(disk)) await turnOff(this.#holdings, disk, signal)
    })
  }

  async admitted(id: VolumeId, signal: AbortSignal): Promise<Admitted> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#holdings.confirmed(id, signal))
    return disk?.admitted ?? { to: 'nobody' }
  }

  async #allow(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#holdings.awaitOthers(id, [openTo(admitted)], signal)
    const known = await this.#holdings.confirmed(id, signal)
    // Somebody may have enabled it since.
    const disk = known?.disabled ? await readDisk(this.#holdings, id, signal) : known
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (disk.disabled) throw disabled(disk)
    if (lets(disk, admitted)) return
    if (disk.admitted.to !== 'nobody') {
      // Sessions may survive a change of the allowed host: they have to be cut before anybody else comes in.
      await turnOff(this.#holdings, disk, signal)
      const after = await readDisk(this.#holdings, id, signal)
      if (after === undefined) throw new StorageError('not-found', `volume ${id} does not exist any more`)
      if (after.admitted.to !== 'nobody') {
        throw new StorageError('unavailable', `disk "${disk.slot}" is still exported after its export was turned off`)
      }
    }
    await this.#turnOn(disk, admitted, signal)
  }

  async #turnOn(disk: KnownDisk, admitted: Export, signal: AbortSignal): Promise<void> {
    const { id, slot } = disk
    const { owner, nvmePort } = this.#holdings.ownership
    // A volume of the older driver becomes ours by this; its name was its id.
    const tag = disk.tag ?? { owner, id, name: id, createdAt: undefined }
    const args = {
      '.id': slot,
      'nvme-tcp-export': 'yes',
      'nvme-tcp-server-port': String(nvmePort),
      'nvme-tcp-server-nqn': volumeNqn(id),
      // Said even where it is empty: a host of a former export may still be kept there.
      'nvme-tcp-server-allow-host-name': admitted.to === 'host' ? admitted.host : '',
      'mount-filesystem': 'no',
      ...(disk.tag === undefined && { comment: writeComment(tag) }),
    }
    const task = `export disk "${slot}"`
    const change = {
      task,
      command: { path: '/disk/set', args },
      aim: openTo(admitted),
      shows: (now: KnownDisk | undefined) => now !== undefined && lets(now, admitted),
    }
    const trap = await this.#holdings.change(id, change, signal)
    if (trap === undefined) return this.#holdings.table.put({ ...disk, tag, admitted, usual: true })
    const after = await readDisk(this.#holdings, id, signal)
    if (after === undefined) throw new StorageError('not-found', `volume ${id} does not exist any more`)
    if (!lets(after, admitted)) throw refused(task, trap)
  }
}

const openTo = (admitted: Export): string => `open to ${admitted.to === 'host' ? admitted.host : 'any'}`

const disabled = ({ id, slot }: KnownDisk): StorageError =>
  new StorageError('precondition', `disk "${slot}" of volume ${id} is disabled on the appliance: enable it there`)

/** Whether the disk is exported to just these, as ours are. */
function lets({ admitted, usual }: KnownDisk, wanted: Export): boolean {
  if (!usual || admitted.to !== wanted.to) return false
  return admitted.to !== 'host' || wanted.to !== 'host' || admitted.host === wanted.host
}
