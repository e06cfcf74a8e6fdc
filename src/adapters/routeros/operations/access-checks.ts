import type { Finding } from '../../../ports/backend-inspection.ts'
import { isTrue } from '../disk-row.ts'
import type { ReplyRow } from '../transport.ts'
import { failure, ok, skipped, warning } from './findings.ts'
import { numberOf } from './units.ts'

/** A way to the device: what its service is called there, and the rights that it asks for. */
export interface Access {
  readonly user: string
  readonly service: string
  readonly policies: readonly string[]
}

const ALWAYS = ['read', 'write']

/** By the name that `--rds-transport` gives. */
export const ACCESSES: Readonly<Record<string, Omit<Access, 'user'>>> = {
  api: { service: 'api-ssl', policies: ['api', ...ALWAYS] },
  'api-plain': { service: 'api', policies: ['api', ...ALWAYS] },
  rest: { service: 'www-ssl', policies: ['rest-api', 'api', 'test', ...ALWAYS] },
  ssh: { service: 'ssh', policies: ['ssh', ...ALWAYS] },
}

/** Rights without which something smaller is missing. */
const HELPFUL: Readonly<Record<string, string>> = { test: 'traffic metrics (rds_disk_*) may be missing' }

/** Whether the user's group has the rights that are needed. */
export function privilegeFinding(access: Access, users: readonly ReplyRow[], groups: readonly ReplyRow[]): Finding {
  const group = users.find(row => row.get('name') === access.user)?.get('group')
  const policy = groups.find(row => row.get('name') === group)?.get('policy')
  if (group === undefined || policy === undefined) {
    return skipped('privileges', `user ${access.user} or its group is not told (only reading was tried)`)
  }
  // A right that is withheld has an exclamation mark.
  const granted = new Set(policy.split(',').map(one => one.trim()))
  const missing = access.policies.filter(one => !granted.has(one))
  if (missing.length > 0) {
    return failure(
      'privileges',
      `group ${group} of user ${access.user} lacks ${missing.join(', ')}`,
      `add them: /user/group/set ${group} policy=${[...new Set([...access.policies, 'test'])].join(',')}`,
    )
  }
  const first = Object.keys(HELPFUL).find(one => !granted.has(one))
  return first === undefined
    ? ok('privileges', `group ${group}: ${access.policies.join(', ')}`)
    : warning('privileges', `group ${group} lacks ${first}`, `${HELPFUL[first]}; add it to the group`)
}

/** One connection for each controller process, and one for those who look. */
const SESSIONS = 4

/** Whether the service takes as many sessions as are needed. */
export function serviceFinding({ service }: Access, services: readonly ReplyRow[]): Finding {
  const row = services.find(one => one.get('name') === service)
  if (row === undefined) return skipped('service', `the service ${service} is not told`)
  if (isTrue(row.get('disabled') ?? '')) {
    return warning(
      'service',
      `${service} is disabled`,
      'this connection goes another way: make sure that it is meant to',
    )
  }
  const limit = numberOf(row.get('max-sessions'))
  if (limit === undefined) return skipped('service', `${service} tells no max-sessions`)
  return limit < SESSIONS
    ? warning(
        'service',
        `${service}: max-sessions ${limit}`,
        `set it to ${SESSIONS} or more: /ip/service/set ${service}`,
      )
    : ok('service', `${service}: port ${row.get('port') ?? '?'}, max-sessions ${limit}`)
}
