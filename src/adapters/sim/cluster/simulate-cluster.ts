import { once } from 'node:events'
import { rename, rm, writeFile } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { type SimulateClusterArguments, readArguments, USAGE } from './arguments.ts'
import { type RunningCluster, startCluster } from './start-cluster.ts'

/** Where the program writes, and the environment that it reads; `process.env` is not touched. */
export interface ProgramIo {
  readonly stdout: Pick<Writable, 'write'>
  readonly stderr: Pick<Writable, 'write'>
  readonly env?: Readonly<Record<string, string | undefined>>
}

async function writeSecret(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
  await rename(draft, file).catch(async (error: unknown) => {
    await rm(draft, { force: true })
    throw error
  })
}

async function serve(
  cluster: RunningCluster,
  io: ProgramIo,
  { kubeconfig, nodes }: SimulateClusterArguments,
  signal: AbortSignal,
) {
  await writeSecret(kubeconfig, cluster.kubeconfig)
  io.stdout.write(`${JSON.stringify({ api: cluster.url, kubeconfig, nodes })}\n`)
  if (!signal.aborted) await once(signal, 'abort')
}

async function run(io: ProgramIo, given: SimulateClusterArguments, signal: AbortSignal): Promise<void> {
  const cluster = await startCluster({ listen: given.listen, nodes: given.nodes })
  try {
    await serve(cluster, io, given, signal)
  } finally {
    await cluster.close()
  }
}

/**
 * The program `rds-csi simulate-cluster`: serves until `signal` aborts. Resolves to the exit code: 0 ended on request, 1 a fault at
 * run time, 2 wrong arguments (all of them told, a line each).
 */
export async function runSimulateCluster(argv: readonly string[], io: ProgramIo, signal: AbortSignal): Promise<number> {
  const given = readArguments(argv, io.env ?? {})
  if (given === 'help') {
    io.stdout.write(USAGE)
    return 0
  }
  if ('mistakes' in given) {
    for (const mistake of given.mistakes) io.stderr.write(`rds-csi simulate-cluster: ${mistake}\n`)
    return 2
  }
  try {
    await run(io, given, signal)
    return 0
  } catch (error) {
    io.stderr.write(`rds-csi simulate-cluster: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
