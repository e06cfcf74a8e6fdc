import { StorageError } from '../../domain/errors.ts'
import type { VolumeId } from '../../domain/ids.ts'
import { volumeNqn } from '../../domain/volume-id.ts'
import type { Admitted, Export, HostAccess, KnownExport } from '../../ports/host-access.ts'
import { writeComment } from './comment.ts'
import { closedWith, isMarked, mark, readDisk, turnOff } from './export-switch.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, mayBeLive } from './known-disk.ts'
import { CLOSED, GONE } from './late-commands.ts'
import type { NvmePorts } from './nvme-ports.ts'
import { refused } from './refusals.ts'

/** Who may connect to a volume, by the NVMe/TCP export of its disk and the host NQNs that the export lets in. */
export class RouterOsHostAccess implements HostAccess {
  readonly #holdings: Holdings
  readonly #ports: NvmePorts

  constructor(holdings: Holdings, ports: NvmePorts) {
    this.#holdings = holdings
    this.#ports = ports
  }

  async allow(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, () => this.#allow(id, admitted, signal))
  }

  async adjust(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#holdings.inTurn(id, signal, async () => {
      await this.#holdings.awaitOthers(id, [openTo(admitted)], signal)
      const disk = await this.#holdings.confirmed(id, signal)
      const isLive = disk !== undefined && disk.usual && !disk.disabled && disk.admitted.to !== 'nobody'
      if (!isLive) await this.#allow(id, admitted, signal)
      else if (!lets(disk, admitted)) await this.#readmit(disk, admitted, signal)
    })
  }

  async revoke(id: VolumeId, signal: AbortSignal, fenced?: boolean): Promise<void> {
    await this.#holdings.inTurn(id, signal, async () => {
      const own = fenced === undefined ? [] : [closedWith(fenced)]
      await this.#holdings.awaitOthers(id, [CLOSED, GONE, ...own], signal)
      const disk = await this.#holdings.confirmed(id, signal)
      if (disk !== undefined && mayBeLive(disk)) await turnOff(this.#holdings, disk, signal, fenced)
      else if (disk !== undefined && fenced !== undefined) await mark(this.#holdings, disk, fenced, signal)
      this.#ports.release(id)
    })
  }

  async admitted(id: VolumeId, signal: AbortSignal): Promise<Admitted> {
    const disk = await this.#holdings.inTurn(id, signal, () => this.#holdings.confirmed(id, signal))
    return disk?.admitted ?? { to: 'nobody' }
  }

  known(id: VolumeId): KnownExport | undefined {
    const disk = this.#holdings.table.disk(id)
    if (disk === undefined) return undefined
    const { admitted, port } = disk
    return { admitted, port: admitted.to === 'nobody' ? undefined : port }
  }

  fenced(): readonly VolumeId[] {
    this.#holdings.requireListed()
    return this.#holdings.table
      .tagged()
      .filter(isMarked)
      .map(disk => disk.id)
  }

  async #allow(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#holdings.awaitOthers(id, [openTo(admitted)], signal)
    this.#holdings.copies.requireNone(id)
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
      if (after === undefined) throw gone(id)
      if (after.admitted.to !== 'nobody') {
        throw new StorageError('unavailable', `disk "${disk.slot}" is still exported after its export was turned off`)
      }
    }
    await this.#turnOn(disk, admitted, signal)
  }

  async #turnOn(disk: KnownDisk, admitted: Export, signal: AbortSignal): Promise<void> {
    const { id, slot } = disk
    const { owner } = this.#holdings.ownership
    // A volume of the older driver becomes ours by this; its name was its id.
    const tag = marked(disk.tag ?? { owner, id, name: id, createdAt: undefined }, isFenced(admitted))
    const port = this.#ports.of(id)
    const args = {
      '.id': slot,
      'nvme-tcp-export': 'yes',
      'nvme-tcp-server-port': String(port),
      'nvme-tcp-server-nqn': volumeNqn(id),
      // Said even where it is empty: a host of a former export may still be kept there.
      'nvme-tcp-server-allow-host-name': hostText(admitted),
      'mount-filesystem': 'no',
      ...(tag !== disk.tag && { comment: writeComment(tag) }),
    }
    const put = { ...disk, tag, admitted, port, usual: true }
    await this.#set(put, `export disk "${slot}"`, args, signal)
  }

  /** Another host is let in, or one no more, and nothing else changes. */
  async #readmit(disk: KnownDisk, admitted: Export, signal: AbortSignal): Promise<void> {
    const { slot } = disk
    const args = { '.id': slot, 'nvme-tcp-server-allow-host-name': hostText(admitted) }
    await this.#set({ ...disk, admitted }, `change whom the export of disk "${slot}" lets in`, args, signal)
  }

  async #set(
    wanted: KnownDisk & { readonly admitted: Export },
    task: string,
    args: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { id, admitted } = wanted
    const shows = (now: KnownDisk | undefined) => now !== undefined && lets(now, admitted)
    const change = { task, command: { path: '/disk/set', args }, aim: openTo(admitted), shows }
    const trap = await this.#holdings.change(id, change, signal)
    if (trap === undefined) return this.#holdings.table.put(wanted)
    const after = await readDisk(this.#holdings, id, signal)
    if (after === undefined) throw gone(id)
    if (!lets(after, admitted)) throw refused(task, trap)
  }
}

/** What the export is told of the hosts that it lets in; nothing for any. */
function hostText(admitted: Export): string {
  if (admitted.to === 'any') return ''
  return admitted.to === 'host' ? admitted.host : admitted.hosts.toSorted().join(',')
}

const isFenced = (admitted: Export): boolean => admitted.to === 'host' && admitted.fenced === true

/** The very same where nothing changes. */
const marked = (tag: NonNullable<KnownDisk['tag']>, fenced: boolean) =>
  (tag.fenced === true) === fenced ? tag : { ...tag, fenced }

const openTo = (admitted: Export): string =>
  `open to ${hostText(admitted) || 'any'}${isFenced(admitted) ? ', marked' : ''}`

const gone = (id: VolumeId): StorageError => new StorageError('not-found', `volume ${id} does not exist any more`)

const disabled = ({ id, slot }: KnownDisk): StorageError =>
  new StorageError('precondition', `disk "${slot}" of volume ${id} is disabled on the appliance: enable it there`)

/** Whether the disk is exported to just these, as ours are. */
function lets({ admitted, usual }: KnownDisk, wanted: Export): boolean {
  if (!usual || admitted.to === 'nobody' || admitted.to !== wanted.to) return false
  return hostText(admitted) === hostText(wanted)
}
