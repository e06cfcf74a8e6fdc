import { abortable } from './deadline.ts'
import type { KnownDisk } from './known-disk.ts'
import type { ItemId } from './slot.ts'
import type { DeviceCommand } from './transport.ts'

/** One change of a volume or snapshot. */
export interface Change {
  /** For errors: what the appliance was asked to do. */
  readonly task: string
  readonly command: DeviceCommand
  /** What it brings about. Commands of one aim may come in any order, and more than once. */
  readonly aim: string
  /** Whether what was read tells that the command took effect: the volume's disk, and whatever the table knows by then. */
  readonly shows: (disk: KnownDisk | undefined) => boolean
}

export const THERE = 'there'
export const GONE = 'gone'
export const CLOSED = 'closed'

interface Late {
  readonly aim: string
  readonly over: AbortSignal
  shows: Change['shows']
}

/**
 * Commands whose answer was given up, and that may still take effect: the device goes on with what it was told when a link
 * breaks, and may not heed that a command was cancelled. A volume with such a command is in doubt: every call reads it
 * first, and one that would bring about something else waits until the command is over, since neither what it reads nor
 * what it sets would last. The command is over once its effect was read, its answer came, or the time for it has passed.
 */
export class LateCommands {
  readonly #late = new Map<ItemId, Set<Late>>()

  /** Another command is sent: what is read from now on does not tell whose effect it is. */
  send(id: ItemId): void {
    for (const late of this.of(id)) late.shows = () => false
  }

  /** The answer was given up. */
  add(id: ItemId, { aim, shows }: Change, over: AbortSignal): void {
    if (over.aborted) return
    const late: Late = { aim, shows, over }
    this.#late.set(id, (this.#late.get(id) ?? new Set()).add(late))
    over.addEventListener('abort', () => this.#end(id, late), { once: true })
  }

  of(id: ItemId): Late[] {
    return [...(this.#late.get(id) ?? [])]
  }

  /** Whether a command may be at work that aims at something else than these. */
  opposes(id: ItemId, aims: readonly string[]): boolean {
    return this.of(id).some(({ aim }) => !aims.includes(aim))
  }

  /** Ends those that what was read tells of; true where that is so of all that were at work when reading began. */
  settle(id: ItemId, before: readonly Late[], disk: KnownDisk | undefined): boolean {
    const shown = before.filter(({ shows }) => shows(disk))
    for (const late of shown) this.#end(id, late)
    return shown.length === before.length
  }

  /** Waits until all are over that aim at something else than these. */
  async awaitOthers(id: ItemId, aims: readonly string[], signal: AbortSignal): Promise<void> {
    const others = this.of(id).filter(({ aim }) => !aims.includes(aim))
    for (const { over } of others) await abortable(ended(over), signal)
  }

  #end(id: ItemId, late: Late): void {
    const all = this.#late.get(id)
    all?.delete(late)
    if (all?.size === 0) this.#late.delete(id)
  }
}

function ended(over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve()
  return new Promise(resolve => over.addEventListener('abort', () => resolve(), { once: true }))
}
