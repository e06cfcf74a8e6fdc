import type { VolumeId } from '../../domain/ids.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, mayBeLive } from './known-disk.ts'
import { CLOSED } from './late-commands.ts'
import { refused } from './refusals.ts'

/** Turns the disk's export off, which ends every session to it. Success where the disk is gone. In turn. */
export async function turnOff(holdings: Holdings, disk: KnownDisk, signal: AbortSignal): Promise<void> {
  const { id, slot } = disk
  const task = `turn off the export of disk "${slot}"`
  const command = { path: '/disk/set', args: { '.id': slot, 'nvme-tcp-export': 'no' } }
  const shows = (now: KnownDisk | undefined): boolean => now === undefined || !mayBeLive(now)
  const trap = await holdings.change(id, { task, command, aim: CLOSED, shows }, signal)
  if (trap === undefined) return holdings.table.put({ ...disk, admitted: { to: 'nobody' } })
  // A refusal is believed only where the state is not what was wanted.
  const after = await readDisk(holdings, id, signal)
  if (after !== undefined && after.admitted.to !== 'nobody') throw refused(task, trap)
}

/** The volume's disk as the device has it now. Where it cannot be read the volume is in doubt. In turn. */
export async function readDisk(holdings: Holdings, id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
  await holdings.inDoubtUnless(id, () => holdings.look(id, undefined, signal))
  return holdings.table.disk(id)
}
