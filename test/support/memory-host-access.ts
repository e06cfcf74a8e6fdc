import { StorageError } from '../../src/domain/errors.ts'
import type { VolumeId } from '../../src/domain/ids.ts'
import type { Admitted, Export, HostAccess, KnownExport } from '../../src/ports/host-access.ts'
import { type Disk, type MemoryProcess, NOBODY } from './memory-appliance.ts'

/** Whom a MemoryAppliance lets in, as one process has it. */
export class MemoryHostAccess implements HostAccess {
  readonly #process: MemoryProcess

  constructor(process: MemoryProcess) {
    this.#process = process
  }

  async allow(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#process.enter('allow', id, signal)
    const disk = await this.#there(id, signal)
    if (isSame(disk.admitted, admitted)) return
    if (this.#process.appliance.copies.isReading(id)) throw new StorageError('busy', `volume ${id} is being copied`)
    await this.#process.change(id, () => this.#export(disk, admitted), signal)
  }

  async adjust(id: VolumeId, admitted: Export, signal: AbortSignal): Promise<void> {
    await this.#process.enter('adjust', id, signal)
    const disk = await this.#there(id, signal)
    if (isSame(disk.admitted, admitted)) return
    const isOff = disk.admitted.to === 'nobody'
    await this.#process.change(id, () => (isOff ? this.#export(disk, admitted) : admit(disk, admitted)), signal)
  }

  async revoke(id: VolumeId, signal: AbortSignal, fenced?: boolean): Promise<void> {
    await this.#process.enter('revoke', id, signal)
    const disk = await this.#process.certain(id, signal)
    if (disk === undefined) return
    const isOff = disk.admitted.to === 'nobody'
    // A disk without a tag has nowhere to keep the mark.
    const mark = disk.owner === 'older' ? undefined : fenced
    if (isOff && (mark === undefined || mark === isMarked(disk))) return
    await this.#process.change(id, () => off(disk, mark), signal)
  }

  async admitted(id: VolumeId, signal: AbortSignal): Promise<Admitted> {
    await this.#process.enter('admitted', id, signal)
    return (await this.#process.certain(id, signal))?.admitted ?? NOBODY
  }

  known(id: VolumeId): KnownExport | undefined {
    const disk = this.#process.disk(id)
    if (disk === undefined) return undefined
    const port = disk.admitted.to === 'nobody' ? undefined : this.#process.appliance.portOf(id)
    return { admitted: disk.admitted, port }
  }

  fenced(): readonly VolumeId[] {
    const { appliance } = this.#process
    return [...appliance.disks.keys()].filter(id => {
      const disk = this.#process.disk(id)
      return disk !== undefined && isMarked(disk)
    })
  }

  async #there(id: VolumeId, signal: AbortSignal): Promise<Disk> {
    const disk = (await this.#process.certain(id, signal)) ?? (await this.#process.asked(id, signal))
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    return disk
  }

  /** A live export never moves from one host to another: it is off in between. The first one makes the volume ours. */
  #export(disk: Disk, admitted: Export): void {
    if (disk.admitted.to !== 'nobody') off(disk, undefined)
    disk.admitted = admitted
    if (disk.owner !== 'older') return
    disk.owner = this.#process.owner
    disk.volume = { ...disk.volume, name: disk.volume.name ?? disk.volume.id }
  }
}

const isMarked = ({ admitted }: Disk): boolean => 'fenced' in admitted

/** Nothing but whom it lets in changes; the mark stays as it was where there is a place for it. */
function admit(disk: Disk, admitted: Export): void {
  disk.admitted = admitted
}

/** The order of hosts does not matter, nor does the mark of an export that is on. */
function isSame(a: Admitted, b: Export): boolean {
  const hosts = (one: Admitted) => (one.to === 'host' ? [one.host] : one.to === 'hosts' ? one.hosts.toSorted() : [])
  return a.to === b.to && hosts(a).join() === hosts(b).join()
}

function off(disk: Disk, fenced: boolean | undefined): void {
  if (disk.admitted.to !== 'nobody') disk.cuts += 1
  disk.admitted = (fenced ?? isMarked(disk)) ? { to: 'nobody', fenced: true } : NOBODY
}
