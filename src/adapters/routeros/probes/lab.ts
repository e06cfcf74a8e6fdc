import type { Bytes } from '../../../domain/ids.ts'
import { fileName } from '../device-path.ts'
import { bytesOf } from '../disk-row.ts'
import { outward } from '../refusals.ts'
import { type DeviceCommand, type ReplyRow, type Transport, TrapError } from '../transport.ts'

/** Every scratch item begins with this, in its slot, or in the first name of its path below the base path. */
export const PREFIX = 'rds-csi-doctor-'
/** Size of most scratch files: enough to be no accident, little enough for any pool. */
export const SCRATCH: Bytes = 64 * 1024 * 1024

/** What the device made of a command: done, or refused with these words. */
export type Attempt =
  | { readonly done: true; readonly rows: readonly ReplyRow[]; readonly ret: string | undefined }
  | { readonly done: false; readonly text: string; readonly category: number | undefined }

/** The place of one run on the appliance, and the commands of the probes there. */
export class Lab {
  readonly transport: Transport
  readonly poolPath: string
  /** With a leading slash; every scratch file lies below it. */
  readonly folder: string
  readonly #prefix: string

  /** `run`: six hexadecimal digits that tell this run from others. */
  constructor(transport: Transport, basePath: string, run: string) {
    this.transport = transport
    this.poolPath = `/${basePath.split('/')[1] ?? ''}`
    this.#prefix = `${PREFIX}${run}`
    this.folder = `${basePath}/${this.#prefix}`
  }

  /** The slot of a scratch disk; `name` has at most nine characters where the slot shall be an ordinary one. */
  slot = (name: string): string => `${this.#prefix}-${name}`

  path = (name: string): string => `${this.folder}/${name}`

  /** Throws where the device could not be asked; a refusal is an answer. */
  async attempt(command: DeviceCommand, signal: AbortSignal): Promise<Attempt> {
    try {
      const { rows, ret } = await this.transport.run(command, signal)
      return { done: true, rows, ret }
    } catch (error) {
      if (error instanceof TrapError) return { done: false, text: error.message, category: error.category }
      throw outward(`try ${command.path}`, error)
    }
  }

  /** As `attempt`, for what has to succeed before anything can be learnt. */
  async must(command: DeviceCommand, signal: AbortSignal): Promise<void> {
    const attempt = await this.attempt(command, signal)
    if (!attempt.done) throw new ProbeFailed(`${command.path}: ${attempt.text}`)
  }

  /** A file disk on `<name>.img`, mounted by nobody and exported to nobody, unless the arguments say otherwise. */
  add(name: string, args: Readonly<Record<string, string>> = {}): DeviceCommand {
    const usual = {
      type: 'file',
      slot: this.slot(name),
      'file-path': this.path(`${name}.img`),
      'mount-filesystem': 'no',
    }
    return { path: '/disk/add', args: { ...usual, ...args } }
  }

  /** One with a file of the usual size, or another. */
  addSized(name: string, args: Readonly<Record<string, string>> = {}): DeviceCommand {
    return this.add(name, { 'file-size': String(SCRATCH), ...args })
  }

  set(name: string, args: Readonly<Record<string, string>>): DeviceCommand {
    return { path: '/disk/set', args: { '.id': this.slot(name), ...args } }
  }

  removeDisk(name: string): DeviceCommand {
    return { path: '/disk/remove', args: { '.id': this.slot(name) } }
  }

  removeFile(path: string): DeviceCommand {
    return { path: '/file/remove', args: { '.id': fileName(path) } }
  }

  /** The disk with all its properties; undefined where there is none. */
  async disk(name: string, signal: AbortSignal): Promise<ReplyRow | undefined> {
    return this.row({ path: '/disk/print', anyOf: [['slot', this.slot(name)]] }, signal)
  }

  /** The file or folder; undefined where there is none. */
  async file(path: string, signal: AbortSignal): Promise<ReplyRow | undefined> {
    const args = { path: fileName(this.poolPath), recursive: 'yes' }
    return this.row({ path: '/file/print', args, anyOf: [['name', fileName(path)]] }, signal)
  }

  async row(command: DeviceCommand, signal: AbortSignal): Promise<ReplyRow | undefined> {
    const attempt = await this.attempt(command, signal)
    return attempt.done ? attempt.rows[0] : undefined
  }

  /** Free bytes of the pool; undefined where it tells none. */
  async free(signal: AbortSignal): Promise<Bytes | undefined> {
    const pool = await this.pool(signal)
    return bytesOf(pool?.get('free') ?? '')
  }

  pool(signal: AbortSignal): Promise<ReplyRow | undefined> {
    const properties = ['slot', 'fs', 'fs-label', 'size', 'free']
    return this.row({ path: '/disk/print', anyOf: [['mount-point', fileName(this.poolPath)]], properties }, signal)
  }
}

/** A probe could not be carried out; its points stay open. */
export class ProbeFailed extends Error {
  override readonly name = 'ProbeFailed'
}
