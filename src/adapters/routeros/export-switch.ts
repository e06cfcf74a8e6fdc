import type { VolumeId } from '../../domain/ids.ts'
import { writeComment } from './comment.ts'
import type { Holdings } from './holdings.ts'
import { type KnownDisk, mayBeLive } from './known-disk.ts'
import { CLOSED } from './late-commands.ts'
import { refused } from './refusals.ts'

/**
 * Turns the disk's export off, which ends every session to it. Success where the disk is gone. In turn. `fenced`: what is to
 * be remembered of the loss of its last holder, by the same command; undefined leaves that as it is.
 */
export async function turnOff(
  holdings: Holdings,
  disk: KnownDisk,
  signal: AbortSignal,
  fenced?: boolean,
): Promise<void> {
  const { id, slot } = disk
  const task = `turn off the export of disk "${slot}"`
  const tag = withMark(disk, fenced)
  const comment = tag === undefined || tag === disk.tag ? {} : { comment: writeComment(tag) }
  const command = { path: '/disk/set', args: { '.id': slot, 'nvme-tcp-export': 'no', ...comment } }
  const aim = tag === disk.tag ? CLOSED : closedWith(fenced === true)
  const change = { task, command, aim, shows: (now: KnownDisk | undefined) => isOff(now, tag?.fenced === true) }
  const trap = await holdings.change(id, change, signal)
  if (trap === undefined) return holdings.table.put({ ...disk, tag, admitted: nobody(tag?.fenced), port: undefined })
  // A refusal is believed only where the state is not what was wanted.
  const after = await readDisk(holdings, id, signal)
  if (after !== undefined && after.admitted.to !== 'nobody') throw refused(task, trap)
}

/** Whether the disk as it was read tells that nobody is let in, and what is remembered of that. */
const isOff = (now: KnownDisk | undefined, fenced: boolean): boolean =>
  now === undefined || (!mayBeLive(now) && isMarked(now) === fenced)

/** Remembers of a disk whose export is off that its last holder was lost, or forgets it. In turn. */
export async function mark(holdings: Holdings, disk: KnownDisk, fenced: boolean, signal: AbortSignal): Promise<void> {
  const { id, slot } = disk
  const tag = withMark(disk, fenced)
  if (tag === undefined || tag === disk.tag) return
  const task = `note at disk "${slot}" what became of its last holder`
  const command = { path: '/disk/set', args: { '.id': slot, comment: writeComment(tag) } }
  const shows = (now: KnownDisk | undefined): boolean => now === undefined || isMarked(now) === fenced
  const trap = await holdings.change(id, { task, command, aim: closedWith(fenced), shows }, signal)
  if (trap === undefined) return holdings.table.put({ ...disk, tag, admitted: nobody(fenced) })
  const after = await readDisk(holdings, id, signal)
  if (!shows(after)) throw refused(task, trap)
}

/** The volume's disk as the device has it now. Where it cannot be read the volume is in doubt. In turn. */
export async function readDisk(holdings: Holdings, id: VolumeId, signal: AbortSignal): Promise<KnownDisk | undefined> {
  await holdings.inDoubtUnless(id, () => holdings.look(id, undefined, signal))
  return holdings.table.disk(id)
}

/** What a command aims at that turns the export off and writes the mark. */
export const closedWith = (fenced: boolean): string => `${CLOSED} ${fenced ? 'with' : 'without'} a mark`

export const isMarked = ({ tag }: KnownDisk): boolean => tag?.fenced === true

/** The tag with the mark; the very same where nothing changes. A disk without a tag, of the older driver, gets none. */
function withMark({ tag }: KnownDisk, fenced: boolean | undefined): KnownDisk['tag'] {
  if (tag === undefined || fenced === undefined || (tag.fenced === true) === fenced) return tag
  return { ...tag, fenced }
}

const nobody = (fenced: boolean | undefined) =>
  fenced === true ? ({ to: 'nobody', fenced } as const) : ({ to: 'nobody' } as const)
