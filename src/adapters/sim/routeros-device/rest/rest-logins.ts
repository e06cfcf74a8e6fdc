import type { DeviceCore } from '../device-core.ts'
import type { DeviceUser } from '../users.ts'
import { UserQueue } from './user-queue.ts'

/** A login that the web server keeps. */
export interface RestLogin {
  /** The user as of the login: a changed policy of its group is met only by the next one. */
  readonly user: DeviceUser
  readonly queue: UserQueue
}

interface Kept extends RestLogin {
  /** In milliseconds of the device's clock. */
  readonly until: number
  readonly made: Promise<void>
}

/** What a request says of its user. */
export interface Credentials {
  readonly name: string
  readonly password: string
}

/**
 * The logins of the web server into the device: one for each user, over any number of connections, kept for a time
 * (manual: 10 minutes). A changed password counts at once.
 */
export class RestLogins {
  readonly #core: DeviceCore
  readonly #keepMs: number
  readonly #kept = new Map<string, Kept>()
  readonly #queues = new Map<string, UserQueue>()

  constructor(core: DeviceCore, keepMs: number) {
    this.#core = core
    this.#keepMs = keepMs
  }

  /**
   * The login of a user, made now where there is none; undefined when name and password are not right, or the group lacks
   * `rest-api`. Rejects when the device dies meanwhile.
   */
  async find(credentials: Credentials, connection: number): Promise<RestLogin | undefined> {
    const login = this.#keptFor(credentials) ?? (await this.#logIn(credentials, connection))
    await login?.made
    return login
  }

  /** The login is over; the next request logs in again. */
  end(login: RestLogin): void {
    const { name } = login.user
    if (this.#kept.get(name) === login) this.#kept.delete(name)
  }

  /** What a restart of the device does to them. */
  endAll(): void {
    this.#kept.clear()
    this.#queues.clear()
  }

  #keptFor({ name, password }: Credentials): Kept | undefined {
    const kept = this.#kept.get(name)
    if (kept === undefined || this.#now() >= kept.until) return undefined
    const isCurrent = this.#core.state.users.find(name)?.password === kept.user.password
    return isCurrent && password === kept.user.password ? kept : undefined
  }

  async #logIn({ name, password }: Credentials, connection: number): Promise<Kept | undefined> {
    const { log, runner, state, power } = this.#core
    log.add(['/login'], state.now(), connection, 'rest')
    const made = runner.pause(runner.latencyMs, power)
    const user = state.users.authenticate('rest', name, password)
    if (user === undefined) {
      await made
      return undefined
    }
    const queue = this.#queues.get(name) ?? new UserQueue()
    const login = { user, queue, until: this.#now() + this.#keepMs, made }
    this.#queues.set(name, queue)
    this.#kept.set(name, login)
    return login
  }

  #now(): number {
    return this.#core.state.now().getTime()
  }
}

/** Name and password of a request's `Authorization: Basic`; undefined without them. */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(header ?? '') ?? []
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? []
  return name === undefined || password === undefined ? undefined : { name, password }
}
