import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { CommandRunner } from '../../../../src/adapters/sim/routeros-device/command-runner.ts'
import { DeviceState } from '../../../../src/adapters/sim/routeros-device/device-state.ts'
import type { PoolOptions } from '../../../../src/adapters/sim/routeros-device/pool.ts'
import type { DeviceSwitches } from '../../../../src/adapters/sim/routeros-device/switches.ts'
import { Trap } from '../../../../src/adapters/sim/routeros-device/trap.ts'

export const GIB = 1024 ** 3

type Args = Readonly<Record<string, string>>

/** A device without any wire, on a folder that goes with the test: directory `storage-pool/v`, 100 GiB. */
export class ModelDevice {
  readonly folder = mkdtempSync(join(tmpdir(), 'routeros-model-'))
  readonly state: DeviceState
  readonly #runner: CommandRunner

  constructor(switches: Partial<DeviceSwitches> = {}, pool: Partial<PoolOptions> = {}) {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }))
    const options = { folder: this.folder, pool: { name: 'storage-pool', size: 100 * GIB, ...pool } }
    this.state = new DeviceState({ ...options, switches, now: () => new Date('2026-10-02T03:04:05Z') })
    this.state.files.makeDirectories('storage-pool/v')
    this.#runner = new CommandRunner(this.state)
  }

  /** Answers the `ret` of a command, or throws its `Trap`. */
  do(path: string, args: Args = {}): string | undefined {
    const outcome = this.#runner.perform({ path, args: new Map(Object.entries(args)), queries: [], service: 'api' })
    return 'ret' in outcome ? outcome.ret : undefined
  }

  /** The rows of a print. */
  print(path: string, args: Args = {}, queries: readonly string[] = []): Record<string, string>[] {
    const outcome = this.#runner.perform({ path, args: new Map(Object.entries(args)), queries, service: 'api' })
    return 'rows' in outcome ? outcome.rows.map(row => Object.fromEntries(row)) : []
  }

  /** The trap that refuses a command, as `message` or `category message`; fails when there is none. */
  refusal(path: string, args: Args = {}): string {
    try {
      this.do(path, args)
    } catch (error) {
      if (error instanceof Trap)
        return error.category === undefined ? error.message : `${error.category} ${error.message}`
      throw error
    }
    throw new Error(`${path} was not refused`)
  }

  /** Adds the file disk `slot` of 1 GiB at `storage-pool/v/<slot>.img`. */
  addDisk(slot: string, args: Args = {}): string | undefined {
    return this.do('/disk/add', { ...fileDisk(slot), ...args })
  }

  disk(slot: string): Record<string, string> | undefined {
    return this.print('/disk/print', {}, [`?slot=${slot}`])[0]
  }

  file(name: string): Record<string, string> | undefined {
    return this.print('/file/print', { recursive: 'yes' }, [`?name=${name}`])[0]
  }

  get free(): number {
    return Number(this.disk('storage-pool')?.['free'])
  }
}

/** Arguments that add the file disk `slot`. */
export function fileDisk(slot: string): Args {
  return { type: 'file', slot, 'file-path': `storage-pool/v/${slot}.img`, 'file-size': String(GIB) }
}

/** Arguments that export a disk under an NQN. */
export function exported(nqn: string, port = 4420): Args {
  return { 'nvme-tcp-export': 'yes', 'nvme-tcp-server-nqn': nqn, 'nvme-tcp-server-port': String(port) }
}
