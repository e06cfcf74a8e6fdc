import type { DeviceGreeting } from './device.ts'

/** The ways to the appliance that are measured. The first is what the others are compared with. */
export const WAYS = ['api', 'api, own client', 'rest', 'ssh'] as const
export type Way = (typeof WAYS)[number]

/** How many commands a driver lets the device work on at once, by which its least time is known. */
export const AT_A_TIME: Readonly<Record<Way, number>> = {
  api: Number.POSITIVE_INFINITY,
  'api, own client': Number.POSITIVE_INFINITY,
  rest: 1,
  ssh: 4,
}

/** The flags with which the controller takes this way. */
export function flagsOf(way: Way, { ports, fingerprint, hostKey }: DeviceGreeting): readonly string[] {
  const api = [`--rds-port=${ports.apiTls}`, `--rds-fingerprint=${fingerprint}`]
  switch (way) {
    case 'api':
      return api
    case 'api, own client':
      return [...api, '--rds-api-client=own']
    case 'rest':
      return ['--rds-transport=rest', `--rds-port=${ports.rest}`, `--rds-fingerprint=${fingerprint}`]
    case 'ssh':
      return ['--rds-transport=ssh', `--rds-port=${ports.ssh}`, `--rds-host-key=${hostKey}`]
  }
}
