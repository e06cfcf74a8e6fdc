/** What `rds-csi demo` was asked for. */
export interface DemoOptions {
  /** Stay up afterwards, for people to look around. */
  readonly keep: boolean
  /** Where the logs of the programs go and stay; undefined: a temporary folder. */
  readonly logFolder: string | undefined
}

export const DEMO_USAGE = `rds-csi demo [--keep] [--log-dir=DIR]

Starts a simulated appliance, a simulated cluster, a controller and two nodes, each a program of its own with real sockets,
and shows the whole life of some volumes: created, attached, written to, migrated live, fenced off, formatted, grown and
deleted, with a controller that is killed on the way. In the end it compares events and metrics with what is promised to
operators. Takes less than a minute; needs neither privileges nor a network beyond this machine.

  --keep         stay up afterwards, until Ctrl-C, and say how to talk to it
  --log-dir=DIR  keep the logs of all programs in DIR (by default they are shown only where something fails)
  --help         print this

Exit codes: 0 all as promised, or ended on request; 1 something differs, or a fault; 2 wrong flags.
`

/** The options, `help`, or every mistake, a line each. */
export function readOptions(argv: readonly string[]): DemoOptions | 'help' | { readonly mistakes: readonly string[] } {
  if (argv.includes('--help')) return 'help'
  const mistakes: string[] = []
  let keep = false
  let logFolder: string | undefined
  for (const arg of argv) {
    const folder = /^--log-dir=(.+)$/s.exec(arg)?.[1]
    if (arg === '--keep') keep = true
    else if (folder !== undefined) logFolder = folder
    else if (/^--log-dir=?$/.test(arg)) mistakes.push('--log-dir needs a folder: --log-dir=DIR')
    else mistakes.push(`${JSON.stringify(arg)} is not known here; rds-csi demo --help lists the flags`)
  }
  return mistakes.length > 0 ? { mistakes } : { keep, logFolder }
}
