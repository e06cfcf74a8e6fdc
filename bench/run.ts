/**
 * Measures speed and memory and prints tables: `node bench/run.ts [--short] [start] [rpc] [life] [clients] [transports] [micro]`, all
 * parts by default. With `--record` docs/reference/transports.md is written anew from what was measured. Figures are worth as much as the machine was idle; ratios are of things measured in the same run.
 */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { Lab } from './lab/lab.ts'
import type { Part } from './part.ts'
import { apiClients } from './parts/api-clients.ts'
import { life } from './parts/life.ts'
import { micro } from './parts/micro.ts'
import { rpc } from './parts/rpc.ts'
import { start } from './parts/start.ts'
import { transports } from './parts/transports.ts'

const PARTS: Readonly<Record<string, Part>> = { start, rpc, life, clients: apiClients, transports, micro }

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean' }, record: { type: 'boolean' } },
  allowPositionals: true,
})
const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS)
const unknown = wanted.filter(name => !(name in PARTS))

function printLoad(when: string): void {
  const load = loadavg().map(value => value.toFixed(2))
  console.log(`${when}: load ${load.join(' ')}`)
}

async function measure(): Promise<void> {
  console.log(`Node ${process.version}, ${availableParallelism()} processors (${cpus()[0]?.model.trim() ?? 'unknown'})`)
  const lab = await Lab.open()
  try {
    for (const name of wanted) {
      printLoad(`\nbefore ${name}`)
      await PARTS[name]?.({ lab, short: values.short === true, recording: values.record === true })
    }
    printLoad('\nafterwards')
  } finally {
    await lab.close()
  }
}

if (values.record === true && (values.short === true || !wanted.includes('transports'))) {
  console.error('--record needs the whole part "transports"')
  process.exitCode = 2
} else if (unknown.length > 0) {
  console.error(`no part of the bench: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)
  process.exitCode = 2
} else {
  await measure()
}
