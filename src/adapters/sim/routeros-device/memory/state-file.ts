import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { DeviceState } from '../device-state.ts'
import { type DeviceMemory, recall, remember } from './device-memory.ts'

/** How long changes are collected before they are written, in milliseconds. */
const COLLECT_MS = 100

/** The file in a device's data folder that holds what the device remembers. It is replaced as a whole, never half. */
export class StateFile {
  readonly #path: string
  readonly #device: DeviceState
  readonly #stop = new AbortController()
  #writing: Promise<void> = Promise.resolve()
  #following: Promise<void> | undefined

  constructor(folder: string, device: DeviceState) {
    this.#path = join(folder, 'device.json')
    this.#device = device
  }

  /** Gives the device what was saved; nothing when nothing was. Rejects when the file is not one of this program. */
  async load(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return
    recall(this.#device, parse(text, this.#path))
  }

  /** Saves now; resolves once it is written. */
  save(): Promise<void> {
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write())
    return this.#writing
  }

  /** Saves a moment after every change, until `close`. */
  follow(): void {
    this.#following ??= this.#follow()
  }

  /** Saves for the last time. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('the device has stopped'))
    await this.#following
    await this.save()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop
    for (;;) {
      try {
        await this.#device.changes.next(signal)
        await delay(COLLECT_MS, undefined, { signal, ref: false })
        await this.save()
      } catch {
        // Ended, or a full disk: the next change, and at last `close`, try again.
        if (signal.aborted) return
      }
    }
  }

  async #write(): Promise<void> {
    const next = `${this.#path}.next`
    await writeFile(next, `${JSON.stringify(remember(this.#device))}\n`)
    await rename(next, this.#path)
  }
}

function parse(text: string, path: string): DeviceMemory {
  const memory = JSON.parse(text) as Partial<DeviceMemory> | null
  if (memory?.format !== 'rds-csi simulated device' || memory.version !== 1) {
    throw new Error(`${path} is no saved device of this version`)
  }
  return memory as DeviceMemory
}
