import { StorageError } from '../../src/domain/errors.ts'
import type { VolumeId } from '../../src/domain/ids.ts'
import type { Admitted, HostAccess } from '../../src/ports/host-access.ts'
import { type Disk, type MemoryProcess, NOBODY } from './memory-appliance.ts'

/** Whom a MemoryAppliance lets in, as one process has it. */
export class MemoryHostAccess implements HostAccess {
  readonly #process: MemoryProcess

  constructor(process: MemoryProcess) {
    this.#process = process
  }

  async allow(id: VolumeId, admitted: Exclude<Admitted, { to: 'nobody' }>, signal: AbortSignal): Promise<void> {
    await this.#process.enter('allow', id, signal)
    const known = await this.#process.certain(id, signal)
    const disk = known ?? (await this.#process.asked(id, signal))
    if (disk === undefined) throw new StorageError('not-found', `volume ${id} does not exist`)
    if (JSON.stringify(disk.admitted) === JSON.stringify(admitted)) return
    await this.#process.change(id, () => this.#export(disk, admitted), signal)
  }

  async revoke(id: VolumeId, signal: AbortSignal): Promise<void> {
    await this.#process.enter('revoke', id, signal)
    const disk = await this.#process.certain(id, signal)
    if (disk === undefined || disk.admitted.to === 'nobody') return
    await this.#process.change(id, () => off(disk), signal)
  }

  async admitted(id: VolumeId, signal: AbortSignal): Promise<Admitted> {
    await this.#process.enter('admitted', id, signal)
    return (await this.#process.certain(id, signal))?.admitted ?? NOBODY
  }

  /** A live export never moves from one host to another: it is off in between. The first one makes the volume ours. */
  #export(disk: Disk, admitted: Admitted): void {
    if (disk.admitted.to !== 'nobody') off(disk)
    disk.admitted = admitted
    if (disk.owner !== 'older') return
    disk.owner = this.#process.owner
    disk.volume = { ...disk.volume, name: disk.volume.name ?? disk.volume.id }
  }
}

function off(disk: Disk): void {
  disk.cuts += 1
  disk.admitted = NOBODY
}
