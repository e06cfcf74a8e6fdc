import { main } from './main.ts'

/** The entry of the driver's bundle: signals and the exit code, nothing else. */
const stop = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))

main(process.argv.slice(2), process.env, stop.signal).then(
  code => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rds-csi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
