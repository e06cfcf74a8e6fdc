import { basename, dirname, extname, join } from 'node:path'
import type { Launch } from './processes.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** How a program of rds-csi is started, by its arguments. */
export type Launcher = (args: readonly string[]) => Launch

/** Names a launcher such as `bin/rds-csi`; without it the files beside the running one are started by the same Node. */
export const LAUNCHER_VARIABLE = 'RDS_CSI_LAUNCHER'

/**
 * Starts programs as this one was started: `entry` is its file, the bundle or the source of the simulators, beside which
 * the driver's lies. Flags in the environment (`RDS_CSI_…`) are meant for this program and not handed on.
 */
export function launcherBeside(entry: string, env: Environment): Launcher {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('RDS_CSI_')))
  const command = env[LAUNCHER_VARIABLE]
  if (command !== undefined && command !== '') {
    return args => ({ command, args, env: { ...own, NODE_COMPILE_CACHE: undefined } })
  }
  return args => {
    const [program = ''] = args
    const file = program === 'controller' ? join(dirname(entry), driverFile(entry)) : entry
    return {
      command: process.execPath,
      args: [...process.execArgv, file, ...args],
      env: { ...own, NODE_COMPILE_CACHE: cacheOf(program, env['NODE_COMPILE_CACHE']) },
    }
  }
}

const driverFile = (entry: string): string => (extname(entry) === '.ts' ? 'driver.ts' : `rds-csi${extname(entry)}`)

/** The launcher keeps one compile cache for each command, side by side. */
const cacheOf = (program: string, cache: string | undefined): string | undefined =>
  cache !== undefined && basename(cache) === 'demo' ? join(dirname(cache), program) : cache
