import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { API_CLIENTS, type ApiClient, ApiTransport } from '../../src/adapters/routeros/api/api-transport.ts'
import { DEFAULT_TIMING } from '../../src/adapters/routeros/link/session-transport.ts'
import { TlsTrust } from '../../src/adapters/routeros/tls-trust.ts'
import { SystemClock } from '../../src/adapters/system/system-clock.ts'
import type { Part } from '../part.ts'
import { median } from '../statistics.ts'
import { printTable } from '../table.ts'

const ADD = {
  path: '/disk/add',
  args: { type: 'file', slot: 'pvc-a', 'file-path': '/pool/a.img', 'file-size': '1073741824' },
}
const LIST = { path: '/disk/print' }
const DEADLINE = 60_000
const silent = () => undefined
const log = { debug: silent, info: silent, warn: silent, error: silent }

/** What is measured: how many commands, how many at once, in one round. */
interface Load {
  readonly text: string
  readonly command: typeof ADD | typeof LIST
  readonly commands: number
  readonly atOnce: number
}

const LOADS: readonly Load[] = [
  { text: 'one command after the other', command: ADD, commands: 500, atOnce: 1 },
  { text: '64 at once', command: ADD, commands: 6400, atOnce: 64 },
  { text: 'a listing of 10,000', command: LIST, commands: 3, atOnce: 1 },
]

interface Echo {
  readonly ports: readonly [plain: number, tls: number]
  readonly cert: string
}

function transport(client: ApiClient, { ports, cert }: Echo, tls: boolean): ApiTransport {
  const trust = tls ? { trust: new TlsTrust({ ca: async () => cert }) } : {}
  const access = { address: '127.0.0.1', port: ports[tls ? 1 : 0], user: 'admin', password: async () => 'x', ...trust }
  const parts = { clock: new SystemClock(), log, telemetry: { observe: silent } }
  return new ApiTransport({ ...access, client }, DEFAULT_TIMING, parts)
}

/** Microseconds a command. */
async function round(of: ApiTransport, { command, commands, atOnce }: Load): Promise<number> {
  const signal = AbortSignal.timeout(DEADLINE)
  let left = commands
  const worker = async (): Promise<void> => {
    for (left -= 1; left >= 0; left -= 1) await of.run(command, signal)
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  return ((performance.now() - begun) * 1000) / commands
}

/** Both clients of the binary API in turns, against a device that costs nothing. */
export const apiClients: Part = async ({ short }) => {
  const worker = new Worker(new URL('../lab/api-echo.ts', import.meta.url))
  try {
    const [echo] = (await once(worker, 'message')) as [Echo]
    const rows: (string | number)[][] = []
    for (const tls of [false, true]) {
      const [library, own] = API_CLIENTS.map(client => transport(client, echo, tls)) as [ApiTransport, ApiTransport]
      for (const load of LOADS) {
        const [one, other] = await inTurns([library, own], load, short ? 3 : 15)
        rows.push([tls ? 'TLS' : 'plain', load.text, one, other, other / one])
      }
      await Promise.all([library.close(), own.close()])
    }
    printTable(
      'Binary API: node-routeros and our own client, microseconds a command',
      ['wire', 'load', 'node-routeros', 'own', 'ratio'],
      rows,
    )
  } finally {
    await worker.terminate()
  }
}

async function inTurns(
  pair: readonly [ApiTransport, ApiTransport],
  load: Load,
  rounds: number,
): Promise<[number, number]> {
  const taken: [number[], number[]] = [[], []]
  for (const of of pair) await round(of, load)
  for (let count = 0; count < rounds; count += 1) {
    // Whoever goes first does not always do so.
    const order = count % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
    for (const at of order) taken[at].push(await round(pair[at], load))
  }
  return [median(taken[0]), median(taken[1])]
}
