import { abortable } from '../deadline.ts'
import { outward, refusal, kindOf } from '../refusals.ts'
import { type ReplyRow, type Transport, TrapError } from '../transport.ts'

/** A rule of the filter, in the device's order. */
export interface RuleRow {
  readonly id: string
  readonly chain: string
  readonly action: string
  readonly port: string
  readonly list: string
  readonly target: string
  readonly comment: string
  readonly disabled: boolean
  /** Made by the device itself: nothing can be put before it. */
  readonly dynamic: boolean
}

/** An address in a list. */
export interface EntryRow {
  readonly id: string
  readonly list: string
  readonly address: string
  readonly comment: string
  readonly disabled: boolean
}

/** A TCP connection that the device keeps track of. */
export interface ConnectionRow {
  readonly id: string
  /** `address:port`. */
  readonly source: string
  readonly destination: string
}

const FILTER = '/ip/firewall/filter'
const LISTS = '/ip/firewall/address-list'
const CONNECTIONS = '/ip/firewall/connection'
const RULE = ['.id', 'chain', 'action', 'dst-port', 'src-address-list', 'jump-target', 'comment', 'disabled', 'dynamic']
const ENTRY = ['.id', 'list', 'address', 'comment', 'disabled']
const CONNECTION = ['.id', 'protocol', 'src-address', 'dst-address']

type Change = { readonly to: 'filter' | 'lists'; readonly add: Readonly<Record<string, string>> }

/**
 * The firewall's menus. Items have no names there and may get other ids when the device starts again, so that an id is used
 * for the next command only.
 */
export class FirewallMenus {
  readonly #transport: Transport
  /** Changes whose answer was given up, and that may still take effect. */
  readonly #late = new Map<string, Set<AbortSignal>>()

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** All rules; with a comment only those that bear it. */
  async rules(comment: string | undefined, signal: AbortSignal): Promise<readonly RuleRow[]> {
    const rows = await this.#print(FILTER, RULE, comment === undefined ? undefined : ['comment', comment], signal)
    return rows.map(row => ({
      id: textOf(row, '.id'),
      comment: textOf(row, 'comment'),
      disabled: isTrue(row, 'disabled'),
      chain: textOf(row, 'chain'),
      action: textOf(row, 'action'),
      port: textOf(row, 'dst-port'),
      list: textOf(row, 'src-address-list'),
      target: textOf(row, 'jump-target'),
      dynamic: isTrue(row, 'dynamic'),
    }))
  }

  /** All entries; with a list only those in it. */
  async entries(list: string | undefined, signal: AbortSignal): Promise<readonly EntryRow[]> {
    const rows = await this.#print(LISTS, ENTRY, list === undefined ? undefined : ['list', list], signal)
    return rows.map(row => ({
      id: textOf(row, '.id'),
      comment: textOf(row, 'comment'),
      disabled: isTrue(row, 'disabled'),
      list: textOf(row, 'list'),
      address: plainAddress(textOf(row, 'address')),
    }))
  }

  async connections(signal: AbortSignal): Promise<readonly ConnectionRow[]> {
    const rows = await this.#print(CONNECTIONS, CONNECTION, ['protocol', 'tcp'], signal)
    return rows.map(row => ({
      id: textOf(row, '.id'),
      source: textOf(row, 'src-address'),
      destination: textOf(row, 'dst-address'),
    }))
  }

  /** `about`: whom it concerns, for `settled`. A refusal that says that it is there already is success. */
  async add(about: string, { to, add }: Change, signal: AbortSignal): Promise<void> {
    const path = `${to === 'filter' ? FILTER : LISTS}/add`
    await this.#change(about, { path, args: add, excused: 'conflict' }, signal)
  }

  /** Removes an item by the id that was just read. Success where it is gone. */
  async remove(
    about: string,
    from: 'filter' | 'lists' | 'connections',
    id: string,
    signal: AbortSignal,
  ): Promise<void> {
    const menu = { filter: FILTER, lists: LISTS, connections: CONNECTIONS }[from]
    await this.#change(about, { path: `${menu}/remove`, args: { '.id': id }, excused: 'not-found' }, signal)
  }

  /** Waits until no earlier change that concerns it can take effect any more. */
  async settled(about: string, signal: AbortSignal): Promise<void> {
    for (const over of this.#late.get(about) ?? []) await abortable(ended(over), signal)
    this.#late.delete(about)
  }

  async #print(
    menu: string,
    properties: readonly string[],
    only: readonly [string, string] | undefined,
    signal: AbortSignal,
  ): Promise<readonly ReplyRow[]> {
    try {
      const command = { path: `${menu}/print`, properties, ...(only && { anyOf: [only] }) }
      return (await this.#transport.run(command, signal)).rows
    } catch (error) {
      throw outward(`read ${menu}`, error)
    }
  }

  async #change(
    about: string,
    {
      path,
      args,
      excused,
    }: { path: string; args: Readonly<Record<string, string>>; excused: 'conflict' | 'not-found' },
    signal: AbortSignal,
  ): Promise<void> {
    const over = new AbortController()
    try {
      await this.#transport.run({ path, args }, signal, over)
    } catch (error) {
      if (error instanceof TrapError && kindOf(error) === excused) return
      if (error instanceof TrapError) throw refusal(`change the firewall (${path})`, error)
      this.#late.set(about, (this.#late.get(about) ?? new Set()).add(over.signal))
      throw outward(`change the firewall (${path})`, error)
    }
  }
}

const textOf = (row: ReplyRow, name: string): string => row.get(name) ?? ''
const isTrue = (row: ReplyRow, name: string): boolean => ['true', 'yes'].includes(textOf(row, name))

/** One address may be written as the network that holds it alone. */
const plainAddress = (text: string): string => text.replace(/\/32$/, '')

function ended(over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve()
  return new Promise(resolve => over.addEventListener('abort', () => resolve(), { once: true }))
}
