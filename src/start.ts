import { main, type Programs } from './main.ts'

/** A signal that aborts when one of these comes; each is heeded once. */
export function endingBy(...names: readonly NodeJS.Signals[]): AbortSignal {
  const ending = new AbortController()
  for (const name of names) process.once(name, () => ending.abort(new Error(name)))
  return ending.signal
}

/** Ends the process with the exit code of what runs; a fault that nobody caught is told and is 1. */
export function exitWith(running: Promise<number>): void {
  running.then(
    code => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`rds-csi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(1)
    },
  )
}

/** Runs the program that the arguments name; signals end it in good order. */
export function start(programs: Programs): void {
  const stop = endingBy('SIGTERM', 'SIGINT')
  exitWith(main(process.argv.slice(2), { env: process.env, programs, stop }))
}
