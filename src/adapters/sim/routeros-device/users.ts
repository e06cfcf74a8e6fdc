import { createHash, timingSafeEqual } from 'node:crypto'
import type { Policy } from './command.ts'

/** Somebody who may log in. Without `policies`: everything. */
export interface DeviceUser {
  readonly name: string
  readonly password: string
  /** Rights of the user's group; a login needs `api` (manual, "User policies"). */
  readonly policies?: readonly (Policy | 'api')[]
}

/** The user with this name and password who may use the API. Names and passwords are compared to the letter. */
export function authenticate(users: readonly DeviceUser[], name: string, password: string): DeviceUser | undefined {
  const user = users.find(candidate => candidate.name === name)
  if (user === undefined || !equalSecrets(user.password, password)) return undefined
  return user.policies === undefined || user.policies.includes('api') ? user : undefined
}

/** Whether the user's group has a right. */
export function permits(user: DeviceUser, policy: Policy): boolean {
  return user.policies === undefined || user.policies.includes(policy)
}

function equalSecrets(one: string, other: string): boolean {
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
  return timingSafeEqual(digest(one), digest(other))
}
