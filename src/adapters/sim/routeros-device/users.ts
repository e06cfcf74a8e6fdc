import { createHash, timingSafeEqual } from 'node:crypto'
import type { Service } from './command.ts'

/** Rights of a group, in the order in which `/user/group` prints them (manual, "User policies"). */
export const POLICIES = [
  'local',
  'telnet',
  'ssh',
  'ftp',
  'reboot',
  'read',
  'write',
  'policy',
  'test',
  'winbox',
  'password',
  'web',
  'sniff',
  'sensitive',
  'api',
  'romon',
  'rest-api',
] as const

/** Right of a group. */
export type Policy = (typeof POLICIES)[number]

/** Somebody who may log in. With neither `group` nor `policies`: one of the group `full`. */
export interface DeviceUser {
  readonly name: string
  readonly password: string
  /** Name of the group; one of the three that every device has brings its rights along. */
  readonly group?: string
  /** Rights of the user's group where they are not those of a group that every device has. */
  readonly policies?: readonly Policy[]
  /** Public keys for SSH, one OpenSSH line each. With one of them the password is refused there (manual). */
  readonly keys?: readonly string[]
}

/** A group with its rights. */
export interface UserGroup {
  readonly name: string
  readonly policies: readonly Policy[]
}

const READ: readonly Policy[] = POLICIES.filter(
  policy => !['ftp', 'write', 'policy', 'sensitive', 'romon'].includes(policy),
)

/** The groups that every device has. */
const SYSTEM_GROUPS: readonly UserGroup[] = [
  { name: 'read', policies: READ },
  { name: 'write', policies: POLICIES.filter(policy => READ.includes(policy) || policy === 'write') },
  { name: 'full', policies: POLICIES },
]

const LOGIN_POLICY: Readonly<Record<Service, Policy>> = { api: 'api', rest: 'rest-api', ssh: 'ssh' }

/** Everybody who may log in. */
export class Users {
  #users: readonly DeviceUser[]

  constructor(users: readonly DeviceUser[]) {
    this.#users = users
  }

  list(): readonly DeviceUser[] {
    return this.#users
  }

  find(name: string): DeviceUser | undefined {
    return this.#users.find(user => user.name === name)
  }

  /** The users from now on; open sessions keep theirs. */
  replace(users: readonly DeviceUser[]): void {
    this.#users = users
  }

  /** The user with this name and password who may use the service. Names and passwords are compared to the letter. */
  authenticate(service: Service, name: string, password: string): DeviceUser | undefined {
    const user = this.find(name)
    if (user === undefined || !equalSecrets(user.password, password)) return undefined
    return permits(user, LOGIN_POLICY[service]) ? user : undefined
  }

  /** The groups that every device has, then those of its users. */
  groups(): UserGroup[] {
    const own = this.#users.map(groupOf).filter(({ name }) => SYSTEM_GROUPS.every(group => group.name !== name))
    return [...SYSTEM_GROUPS, ...new Map(own.map(group => [group.name, group])).values()]
  }
}

/** The group of a user; one with rights of its own and no name for it has the user's. */
export function groupOf({ name, group, policies }: DeviceUser): UserGroup {
  if (policies !== undefined) return { name: group ?? name, policies }
  return SYSTEM_GROUPS.find(system => system.name === (group ?? 'full')) ?? { name: group ?? name, policies: [] }
}

/** Whether the user's group has a right. */
export function permits(user: DeviceUser, policy: Policy): boolean {
  return groupOf(user).policies.includes(policy)
}

function equalSecrets(one: string, other: string): boolean {
  const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
  return timingSafeEqual(digest(one), digest(other))
}
