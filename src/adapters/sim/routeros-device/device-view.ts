import { closeSync, openSync, writeSync } from 'node:fs'
import type { BlockExport } from '../blocks/block-exports.ts'
import { subvolumeRows } from './btrfs/subvolume-rows.ts'
import type { DeviceState } from './device-state.ts'
import { fileDiskRow } from './disk/disk-rows.ts'
import { listFiles } from './file/file-rows.ts'
import type { TrackedConnection } from './firewall/block-gate.ts'

/** A row as a plain object, `undefined` for a property that it has not. */
export type PlainRow = Readonly<Record<string, string | undefined>>

/** What a device holds, seen past every service. */
export class DeviceView {
  protected readonly state: DeviceState

  constructor(state: DeviceState) {
    this.state = state
  }

  /** All properties of the file disks, with their `nvme-tcp-server-*` whether exported or not. */
  disks(): PlainRow[] {
    const switches = { ...this.state.switches, exportPropsShownWhenOff: true }
    return this.state.disks.list().map(disk => Object.fromEntries(fileDiskRow(disk, { switches })))
  }

  disk(slot: string): PlainRow | undefined {
    return this.disks().find(row => row['slot'] === slot)
  }

  /** All entries of `/file`, at any depth. */
  files(): PlainRow[] {
    return listFiles(this.state, new Map([['recursive', 'yes']])).map(row => Object.fromEntries(row))
  }

  file(name: string): PlainRow | undefined {
    return this.files().find(row => row['name'] === name)
  }

  /** All subvolumes but the file system's own one, the dead ones included. */
  subvolumes(): PlainRow[] {
    return subvolumeRows(this.state)
      .slice(1)
      .map(row => Object.fromEntries(row))
  }

  /** The settings of the rules of the firewall in their order, and of the entries of its address lists. */
  firewall(): { readonly filter: readonly PlainRow[]; readonly lists: readonly PlainRow[] } {
    const { filter, lists } = this.state.firewall
    const plain = ({ settings }: { settings: ReadonlyMap<string, string> }): PlainRow => Object.fromEntries(settings)
    return { filter: filter.map(plain), lists: lists.map(plain) }
  }

  /** Bytes free in the pool. */
  get free(): number {
    return this.state.pool.free
  }

  /** Whether bytes are being copied now. */
  get isCopying(): boolean {
    return this.state.copies.isBusy
  }

  /** Where the bytes of a file of `/file` are on this machine. Throws when there is none. */
  locate(name: string): string {
    const entry = this.state.files.get(name)
    if (entry === undefined) throw new Error(`the device has no file ${name}`)
    // Whoever asks may write there.
    entry.written.forget()
    return this.state.files.locate(entry)
  }

  /** Writes to a file of `/file` as the host does that uses its disk. Throws when there is none. */
  write(name: string, offset: number, bytes: Uint8Array): void {
    const entry = this.state.files.get(name)
    if (entry === undefined) throw new Error(`the device has no file ${name}`)
    const file = openSync(this.state.files.locate(entry), 'r+')
    entry.written.wrote(offset, bytes.length)
    writeSync(file, bytes, 0, bytes.length, offset)
    entry.written.wrote(offset, bytes.length)
    closeSync(file)
  }

  /**
   * The export that this host gets under this NQN, as a block session would; `undefined` where it is not let in. With
   * `from`, the address that it comes from, the firewall is asked, too, and ends what it cuts. Whoever writes to its file
   * tells `wrote`.
   */
  exportTo(hostNqn: string, nqn: string, port: number, from?: string): BlockExport | undefined {
    const found = this.state.disks.open(nqn, hostNqn, port)
    if (typeof found === 'string' || from === undefined) return typeof found === 'string' ? undefined : found
    const { gate } = this.state
    const connection = gate.track({ address: from, remotePort: 0, port })
    if (gate.judge(connection) === 'pass') return this.#watched(found, connection)
    gate.leave(connection)
    return undefined
  }

  #watched(found: BlockExport, connection: TrackedConnection): BlockExport {
    const cut = new AbortController()
    const ended = AbortSignal.any([found.ended, cut.signal])
    const watch = async (): Promise<void> => {
      const { gate, firewall } = this.state
      while (!ended.aborted) {
        await firewall.changes.next(ended)
        if (gate.judge(connection) !== 'pass') cut.abort()
      }
    }
    // Ends with the export, which rejects the wait.
    void watch()
      .catch(() => undefined)
      .finally(() => this.state.gate.leave(connection))
    return {
      file: found.file,
      ended,
      ...(found.traffic && { traffic: found.traffic }),
      size: () => found.size(),
      wrote: (offset, length) => found.wrote?.(offset, length),
      readOnly: () => found.readOnly?.() ?? false,
    }
  }
}
