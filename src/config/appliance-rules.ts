import { APPLIANCE, type Values } from './flags.ts'
import type { TransportName } from './flag-values.ts'

export type ApplianceFlags = Values<typeof APPLIANCE>

/** A rule of one transport: whether it is broken, and what to say then. */
type Rule = readonly [isBroken: boolean, mistake: string]

const CERTIFICATE =
  '--rds-ca-file or --rds-fingerprint is missing: nothing proves that the appliance is the right one ' +
  '(--rds-insecure-skip-verify=true does without)'
const HOST_KEY =
  '--rds-host-key is missing: nothing proves that the appliance is the right one ' +
  '(--rds-insecure-skip-verify=true does without)'
const PLAIN =
  '--rds-transport=api-plain sends the password unencrypted and proves nothing: ' +
  'use api, or add --rds-insecure-skip-verify=true'
const PASSWORD = `--rds-password-file=FILE is missing: ${APPLIANCE['rds-password-file'].help}`
const SECRET = '--rds-key-file=FILE or --rds-password-file=FILE is missing: ssh needs one of them to log in'

/** What is wrong with flags that are each right by itself, one line each. */
export function applianceContradictions(flags: ApplianceFlags): readonly string[] {
  const used = transportsOf(flags)
  const rules: readonly Rule[] = [
    ...used.flatMap(name => rulesOf(name, flags)),
    [
      new Set(used).size < used.length,
      `--rds-transport-fallback names ${used[0] ?? ''} again, which is the transport that it is to stand in for`,
    ],
  ]
  return [...new Set(rules.filter(([isBroken]) => isBroken).map(([, mistake]) => mistake))]
}

/** Every transport that may come to be used, the first one first. */
function transportsOf(flags: ApplianceFlags): readonly TransportName[] {
  const first = flags['rds-transport']
  const others = flags['rds-transport-fallback'] ?? []
  return [...(first === undefined ? [] : [first]), ...others.map(({ transport }) => transport)]
}

function rulesOf(transport: TransportName, flags: ApplianceFlags): readonly Rule[] {
  const insecure = flags['rds-insecure-skip-verify'] === true
  const needsPassword: Rule = [flags['rds-password-file'] === undefined, PASSWORD]
  switch (transport) {
    case 'api':
    case 'rest': {
      const proof = flags['rds-ca-file'] ?? flags['rds-fingerprint']
      return [needsPassword, [proof === undefined && !insecure, CERTIFICATE]]
    }
    case 'api-plain':
      return [needsPassword, [!insecure, PLAIN]]
    case 'ssh': {
      const secret = flags['rds-key-file'] ?? flags['rds-password-file']
      return [
        [secret === undefined, SECRET],
        [flags['rds-host-key'] === undefined && !insecure, HOST_KEY],
      ]
    }
  }
}
