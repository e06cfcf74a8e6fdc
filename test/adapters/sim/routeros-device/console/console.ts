import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ConsoleSession } from '../../../../../src/adapters/sim/routeros-device/console/console-session.ts'
import type { ConsoleUser } from '../../../../../src/adapters/sim/routeros-device/console/menus/menu-access.ts'
import type { ConsoleStyle } from '../../../../../src/adapters/sim/routeros-device/console/printer/console-style.ts'
import { DeviceCore } from '../../../../../src/adapters/sim/routeros-device/device-core.ts'
import type { PoolOptions } from '../../../../../src/adapters/sim/routeros-device/pool.ts'
import type { DeviceSwitches } from '../../../../../src/adapters/sim/routeros-device/switches.ts'
import type { DeviceUser } from '../../../../../src/adapters/sim/routeros-device/users.ts'

const ADMIN: DeviceUser = { name: 'admin', password: '' }
const WIDE: ConsoleStyle = { width: Number.POSITIVE_INFINITY, indent: 'firstField', legendWhenEmpty: false }

/** What a test wants to be different. */
export interface TestConsoleOptions {
  readonly pool?: Partial<PoolOptions>
  readonly switches?: Partial<DeviceSwitches>
  readonly style?: Partial<ConsoleStyle>
  readonly now?: () => Date
}

/** A device without any wire, with a console: directory `storage-pool/v` on a pool of 100 GiB. */
export class TestConsole {
  readonly core: DeviceCore
  style: ConsoleStyle
  readonly #console: ConsoleSession

  constructor({ pool = {}, switches = {}, style = {}, now }: TestConsoleOptions = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'routeros-console-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    this.core = new DeviceCore({
      folder,
      pool: { name: 'storage-pool', size: 100 * 1024 ** 3, ...pool },
      switches,
      now: now ?? (() => new Date('2026-10-02T03:04:05Z')),
    })
    this.core.state.files.makeDirectories(`${this.core.state.pool.name}/v`)
    this.style = { ...WIDE, ...style }
    this.#console = new ConsoleSession(this.core)
  }

  /** What a line writes, as text, its error behind it; both with CR and LF at their ends. */
  async run(line: string, by: Partial<ConsoleUser> = {}): Promise<string> {
    const { output, error } = await this.judge(line, by)
    return error === undefined ? output : `${output}${error}\r\n`
  }

  /** The error of a line. */
  async refusal(line: string, by: Partial<ConsoleUser> = {}): Promise<string | undefined> {
    return (await this.judge(line, by)).error
  }

  /** What a line of `:put [:serialize …]` says. */
  async json(expression: string): Promise<unknown> {
    return JSON.parse(await this.run(`:put [:serialize to=json options=json.no-string-conversion ${expression}]`))
  }

  async judge(line: string, by: Partial<ConsoleUser> = {}): Promise<{ output: string; error: string | undefined }> {
    const chunks: Buffer[] = []
    const never = new AbortController().signal
    const user: ConsoleUser = { user: ADMIN, connection: 1, life: this.core.power, cancel: never, ...by }
    const output = { style: this.style, write: (bytes: Buffer): void => void chunks.push(bytes) }
    const error = await this.#console.run(line, user, output)
    return { output: Buffer.concat(chunks).toString('utf8'), error: error?.toString('utf8') }
  }

  /** Adds the file disk `slot` of 1 GiB at `storage-pool/v/<slot>.img`. */
  async addDisk(slot: string, more = ''): Promise<void> {
    const path = `storage-pool/v/${slot}.img`
    const said = await this.run(`/disk add type=file slot="${slot}" file-path="${path}" file-size=1G ${more}`)
    if (said !== '') throw new Error(said)
  }
}

/** A captured output, its lines with LF; `command`: the line behind the prompt, where the capture has one. */
export function capture(name: string): { readonly command: string; readonly output: string } {
  const text = readFileSync(new URL(`../../../../golden/routeros/${name}.txt`, import.meta.url), 'utf8')
  const [, command, output] = /^\[[^\]]*\] > ([^\n]*)\n(.*)$/s.exec(text) ?? []
  return { command: command ?? '', output: output ?? text }
}

/** Output as it stands in a capture: lines that all ended with CR and LF. */
export function unixLines(output: string): string {
  if (output.replaceAll('\r\n', '').includes('\n')) throw new Error('a line ends without CR')
  return output.replaceAll('\r\n', '\n')
}
