import type { Argument, Arguments } from './arguments.ts'
import type { Row } from './query.ts'
import type { DeviceUser, Policy } from './users.ts'

/** The services over which commands come. */
export type Service = 'api' | 'rest' | 'ssh'

/** A command as a menu sees it. */
export interface Command {
  /** Menu and command, `/disk/print`. */
  readonly path: string
  readonly args: Arguments
  /** Query words, with their `?`. */
  readonly queries: readonly string[]
  readonly service: Service
}

/**
 * What a command that succeeded answers: rows (`!re` each, `!empty` without any), a value for `!done`, or rows that come
 * over time. Whoever gets a stream must read it to its end, also when its client is gone: the work is done by reading.
 * Reading rejects with a `Trap` for a refusal half-way, or with the reason of the command's signal.
 */
export type Outcome =
  | { readonly rows: readonly Row[] }
  | { readonly ret?: string }
  | { readonly stream: AsyncIterable<Row> }

/** Who gives a command, and what ends it. */
export interface CommandContext {
  /** `undefined`: the simulator itself, who may do everything. */
  readonly user: DeviceUser | undefined
  /** Aborted when the command is cancelled or the device dies; only streams look at it. */
  readonly signal: AbortSignal
}

/** One command of a menu. `run` throws a `Trap` for a refusal; of a list of items, those before the refused one stay done. */
export interface MenuCommand {
  readonly policy: Policy | (() => Policy)
  /** The arguments that it takes by name; any other is refused as an unknown parameter. */
  readonly args: ReadonlyMap<string, Argument>
  /** Arguments that the console takes without their names, in this order. */
  readonly unnamed?: readonly string[]
  run(command: Command, context: CommandContext): Outcome
}

/** How the console writes a value of which the API has the raw text. */
export type Display =
  /** As it is: `fs=xfs`, `file-path=/pool/x.img`. */
  | 'bare'
  /** In quotes: `slot="x"`. */
  | 'quoted'
  /** `true` and `false` as `yes` and `no`. */
  | 'flag'
  /** A whole number, plainly: `sector-size=512`. */
  | 'number'
  /** A whole number with spaces between thousands: `size=53 687 091 200`. */
  | 'count'
  /** A size with a binary unit: `file-size=50.0GiB`. */
  | 'size'
  /** Bits per second with a decimal unit: `12.8Mbps`. */
  | 'rate'

/** A flag of the console: its letter stands before an item whose property is `true`. */
export interface MenuFlag {
  readonly letter: string
  readonly property: string
  /** The word of the legend. */
  readonly word: string
  /** Whether the property is written after the item, too. */
  readonly printed: boolean
}

/** One menu: its commands, and how the console writes what they print. */
export interface Menu {
  /** Such as `/disk`. */
  readonly path: string
  /** `items`: a list; `values`: one set of values. */
  readonly shape: 'items' | 'values'
  /** The property that names an item in place of its `.id`; absent: it has no name. */
  readonly named?: string
  /** In the order of their letters. */
  readonly flags: readonly MenuFlag[]
  /** How properties are written, those of prints and of other rows; `bare` where nothing is said. */
  readonly displays: ReadonlyMap<string, Display>
  /** What a print without `detail` has. */
  readonly columns: readonly string[]
  /** By the last part of their paths. */
  readonly commands: Readonly<Record<string, MenuCommand>>
}
