import { spawnSync } from 'node:child_process'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** What a command wrote to stdout. Throws, with the end of what it wrote to stderr, where it is missing or fails. */
export function output(command: string, args: readonly string[], { cwd, env }: CommandOptions = {}): string {
  const { error, status, stdout, stderr } = spawnSync(command, [...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  if (error !== undefined) throw error
  if (status === 0) return stdout
  const end = stderr.trim().split('\n').slice(-5).join('\n')
  throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${end}`)
}
