import { main, type Programs } from './main.ts'

/** Runs the program that the arguments name; signals end it in good order, and the process ends with its exit code. */
export function start(programs: Programs): void {
  const ending = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ending.abort(new Error(name)))
  main(process.argv.slice(2), { env: process.env, programs, stop: ending.signal }).then(
    code => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`rds-csi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(1)
    },
  )
}
