import { DISK_SETTINGS } from './disk-arguments.ts'
import type { FileEntry } from '../file/file-tree.ts'
import type { LiveExport } from './live-export.ts'
import type { TrafficMeter } from './traffic-meter.ts'

/** A `/disk` item of type `file`: its settings as the API writes them, the file behind it and its export. */
export interface DiskItem {
  id: number
  readonly settings: Map<string, string>
  /** `undefined`: the item is in state E, there is nothing behind it. */
  file: FileEntry | undefined
  /** `undefined`: not exported. */
  export: LiveExport | undefined
  /** What hosts do with it. */
  readonly traffic: TrafficMeter
}

/** Value of a setting; its initial value when it was never told. */
export function setting(disk: Pick<DiskItem, 'settings'>, name: string): string {
  return disk.settings.get(name) ?? DISK_SETTINGS.get(name)?.initial ?? ''
}

/** Whether the item is told to be exported and is not switched off. */
export function wantsExport(disk: Pick<DiskItem, 'settings'>): boolean {
  return setting(disk, 'nvme-tcp-export') === 'true' && setting(disk, 'disabled') !== 'true'
}

/** Name in `/file` of the item's backing file: `file-path` without its leading slash. */
export function fileName(disk: DiskItem): string {
  return setting(disk, 'file-path').slice(1)
}
