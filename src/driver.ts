import { main } from './main.ts'

/** The entry of the driver's bundle, which ships in the images: nothing simulated is in it. */
const ending = new AbortController()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => ending.abort(new Error(name)))

main(process.argv.slice(2), { env: process.env, hosts: {}, stop: ending.signal }).then(
  code => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`rds-csi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
