import { once } from 'node:events'
import type { DeviceAddress, RunningDevice } from './running-device.ts'
import { readSimulateOptions } from './simulate-options.ts'
import { USAGE } from './simulate-usage.ts'
import { type DeviceOptions, startDevice } from './start-device.ts'

/** Where a program writes; `process.stdout` and `process.stderr` fit. */
export interface ProgramOutput {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/**
 * The program `rds-csi simulate-device`: runs until `signal` aborts. Answers its exit code: 0 ended on request, 1 a fault
 * at run time, 2 wrong flags. When ready it writes one line of JSON to stdout: `api`, `apiTls`, `rest`,
 * `restPlain`, `ssh` and `blocks` as `HOST:PORT`, those that are served, `fingerprint` of the certificate, and `hostKey`,
 * the SHA-256 fingerprint of the SSH host key, with `sshHostKey`, the key itself.
 */
export async function runSimulateDevice(
  argv: readonly string[],
  io: ProgramOutput,
  signal: AbortSignal,
): Promise<number> {
  const options = readSimulateOptions(argv)
  switch (options.kind) {
    case 'help':
      io.stdout.write(USAGE)
      return 0
    case 'wrong':
      io.stderr.write(`${options.mistakes.join('\n')}\n`)
      return 2
    case 'run':
      return run(options.device, io, signal)
  }
}

async function run(options: DeviceOptions, io: ProgramOutput, signal: AbortSignal): Promise<number> {
  let device: RunningDevice
  try {
    device = await startDevice(options)
  } catch (error) {
    io.stderr.write(`simulate-device: ${error instanceof Error ? error.message : 'could not start'}\n`)
    return 1
  }
  io.stdout.write(`${JSON.stringify(announcement(device))}\n`)
  if (!signal.aborted) await once(signal, 'abort')
  await device.stop()
  return 0
}

function announcement(device: RunningDevice): Readonly<Record<string, string>> {
  const addresses = Object.entries(device.addresses).map(([name, address]) => [name, write(address)])
  const { certificate, hostKey } = device
  return {
    ...Object.fromEntries(addresses),
    ...(certificate && { fingerprint: certificate.fingerprint }),
    ...(hostKey && { hostKey: hostKey.fingerprint, sshHostKey: hostKey.publicKey }),
  }
}

function write({ host, port }: DeviceAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
