import type { Appliance } from './appliance.ts'
import type { DiskRow } from './disk-row.ts'
import type { FileRow } from './file-row.ts'
import { FindBatch } from './find-batch.ts'
import type { SubvolumeRow } from './subvolume-row.ts'

/** From so many paths on everything is read instead of just these. */
const MANY = 50

/** Readings of single places that many may ask for at once: those that are asked for together are one command. */
export class Readings {
  readonly #disks: FindBatch<string, readonly DiskRow[]>
  readonly #files: FindBatch<string, readonly FileRow[]>
  readonly #subvolumes: FindBatch<string, readonly SubvolumeRow[]>

  constructor(appliance: Appliance) {
    const { basePath } = appliance
    const onlyFew = (paths: readonly string[]): readonly string[] | undefined =>
      paths.length > MANY ? undefined : paths
    this.#disks = new FindBatch<string, readonly DiskRow[]>((slots, signal) =>
      appliance.disksIn(slots, [], disksIn(slots), signal),
    )
    this.#files = new FindBatch<string, readonly FileRow[]>((paths, signal) =>
      appliance.filesBelow(basePath, onlyFew(paths), signal),
    )
    this.#subvolumes = new FindBatch<string, readonly SubvolumeRow[]>((paths, signal) =>
      appliance.subvolumes(onlyFew(paths), signal),
    )
  }

  /** The disks in these slots, and others beside them. */
  disks(slots: readonly string[], signal: AbortSignal): Promise<readonly DiskRow[]> {
    return together(this.#disks, slots, signal)
  }

  /** The files at these paths, and others beside them. */
  files(paths: readonly string[], signal: AbortSignal): Promise<readonly FileRow[]> {
    return together(this.#files, paths, signal)
  }

  /** The subvolumes at these paths, and others beside them. */
  subvolumes(paths: readonly string[], signal: AbortSignal): Promise<readonly SubvolumeRow[]> {
    return together(this.#subvolumes, paths, signal)
  }
}

const disksIn = (slots: readonly string[]): string => `the disks ${slots.slice(0, 4).join(', ')}`

/** What is asked for in one turn of the loop is in one reading. */
async function together<Found>(
  batch: FindBatch<string, readonly Found[]>,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const [found = []] = await Promise.all(keys.map(key => batch.ask(key, signal)))
  return found
}
