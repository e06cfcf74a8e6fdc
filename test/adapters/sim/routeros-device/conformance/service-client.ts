import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Client, type ClientChannel } from 'ssh2'
import { onTestFinished } from 'vitest'
import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { ApiTalker } from '../api-talker.ts'
import { type RestReply, RestTalker, type RestUser } from '../rest/rest-talker.ts'

export type Args = Readonly<Record<string, string>>
export type Rows = readonly Readonly<Record<string, string>>[]

/** How a command ended: well, with its rows where it prints; or with the words of its refusal. */
export type End = { readonly rows: Rows } | { readonly refused: string }

/** One service of the device, as its clients use it. */
export interface ServiceClient {
  /** A command with its arguments. */
  run(path: string, args?: Args): Promise<End>
  /** These properties of the items that have these values. */
  print(path: string, properties: readonly string[], where?: Args): Promise<End>
}

/** A device that listens somewhere. */
export type Reachable = Pick<RunningDevice, 'addresses'>

/** The services, by their names. */
export const SERVICES = {
  api: (device, who) => ApiClient.connect(device, who),
  rest: async (device, who) => new RestClient(RestTalker.plain(device, who)),
  ssh: (device, who) => SshClient.connect(device, who),
} satisfies Record<string, (device: Reachable, who: RestUser) => Promise<ServiceClient>>

export type ServiceName = keyof typeof SERVICES

/** Sentences of the binary API. */
class ApiClient implements ServiceClient {
  readonly #talker: ApiTalker

  private constructor(talker: ApiTalker) {
    this.#talker = talker
  }

  static async connect(device: Reachable, { user, password }: RestUser): Promise<ApiClient> {
    const talker = new ApiTalker(connect({ ...device.addresses.api!, noDelay: true }))
    onTestFinished(() => void talker.socket.destroy())
    const answer = endOf(await talker.ask('/login', `=name=${user}`, `=password=${password}`))
    if ('refused' in answer) throw new Error(answer.refused)
    return new ApiClient(talker)
  }

  async run(path: string, args: Args = {}): Promise<End> {
    return endOf(await this.#talker.ask(path, ...words('=', args)))
  }

  async print(path: string, properties: readonly string[], where: Args = {}): Promise<End> {
    return endOf(await this.#talker.ask(`${path}/print`, `=.proplist=${properties.join(',')}`, ...words('?=', where)))
  }
}

const words = (lead: string, args: Args): string[] =>
  Object.entries(args).map(([name, value]) => `${lead}${name}=${value}`)

function endOf(sentences: readonly (readonly string[])[]): End {
  const trap = sentences.find(([kind]) => kind === '!trap')
  const field = (word: string): [string, string] => {
    const [, name = '', value = ''] = /^=([^=]*)=(.*)$/s.exec(word) ?? []
    return [name, value]
  }
  if (trap !== undefined) return { refused: Object.fromEntries(trap.slice(1).map(field))['message'] ?? '' }
  const rows = sentences.filter(([kind]) => kind === '!re')
  return { rows: rows.map(([, ...fields]) => Object.fromEntries(fields.map(field))) }
}

/** POST requests of the REST API. */
class RestClient implements ServiceClient {
  readonly #talker: RestTalker

  constructor(talker: RestTalker) {
    this.#talker = talker
  }

  async run(path: string, args: Args = {}): Promise<End> {
    return restEnd(await this.#talker.post(`/rest${path}`, args))
  }

  async print(path: string, properties: readonly string[], where: Args = {}): Promise<End> {
    const query = Object.entries(where).map(([name, value]) => `${name}=${value}`)
    return restEnd(await this.#talker.post(`/rest${path}/print`, { '.proplist': properties, '.query': query }))
  }
}

function restEnd({ status, json }: RestReply): End {
  if (status === 200) return { rows: Array.isArray(json) ? (json as Rows) : [] }
  const { detail, message } = json as { readonly detail?: string; readonly message: string }
  return { refused: detail ?? message }
}

/** Lines of the console, one channel each. */
class SshClient implements ServiceClient {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async connect(device: Reachable, { user, password }: RestUser): Promise<SshClient> {
    const client = new Client()
    onTestFinished(() => void client.destroy())
    // Told by the promise, and often once more when the connection ends.
    client.on('error', () => undefined)
    const ready = once(client, 'ready')
    client.connect({ ...device.addresses.ssh!, username: user, password })
    await ready
    client.setNoDelay(true)
    return new SshClient(client)
  }

  async run(path: string, args: Args = {}): Promise<End> {
    const written = await this.#exec([path, ...Object.entries(args).map(([name, value]) => `${name}=${quoted(value)}`)])
    return written === '' ? { rows: [] } : { refused: written.trimEnd() }
  }

  async print(path: string, properties: readonly string[], where: Args = {}): Promise<End> {
    const conditions = Object.entries(where).map(([name, value]) => `${name}=${quoted(value)}`)
    const print = [`${path}/print detail as-value proplist=${properties.join(',')}`, conditions.join(' and ')]
    const printed = print.filter(part => part !== '').join(' where ')
    const written = await this.#exec([`:put [:serialize to=json options=json.no-string-conversion [${printed}]]`])
    if (!written.startsWith('[')) return { refused: written.trimEnd() }
    const rows = JSON.parse(written) as readonly Readonly<Record<string, unknown>>[]
    // `as-value` has the `.id` of every item, asked for or not.
    const asked = (row: Readonly<Record<string, unknown>>) =>
      Object.entries(row).filter(([name]) => properties.includes(name))
    return { rows: rows.map(row => Object.fromEntries(asked(row).map(([name, value]) => [name, String(value)]))) }
  }

  async #exec(line: readonly string[]): Promise<string> {
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      this.#client.exec(line.join(' '), (error, opened) => (error === undefined ? resolve(opened) : reject(error))),
    )
    channel.stderr.resume()
    return text(channel)
  }
}

/** A string of the console: what means something in it has a backslash, what can not be written is `\HH`. */
function quoted(value: string): string {
  const hexadecimal = (code: number): string => `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
  const escaped = value.replaceAll(/["\\$?]/g, String.raw`\$&`)
  const written = escaped.replaceAll(/\p{Cc}/gu, control => {
    const code = control.charCodeAt(0)
    return code < 0x80 ? hexadecimal(code) : control
  })
  return `"${written}"`
}
