import { type EventEmitter, once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ServerChannel } from 'ssh2'

/** One line that was to be executed, as a script sees it. */
export interface ConsoleCall {
  readonly line: string
  readonly channel: ServerChannel
  /** Prints this, ends with this code, and closes. */
  readonly reply: (stdout?: string, code?: number) => void
}

export type ConsoleScript = (call: ConsoleCall) => void

export interface SshFakeOptions {
  /** Channels that may be open at once; more are refused. */
  readonly channels?: () => number
  readonly version?: string
  /** Public key of the one user; without it the password `secret` is taken. */
  readonly userKey?: string
  readonly hostKey?: string
}

export interface SshFake {
  readonly port: number
  readonly hostKey: { readonly public: string; readonly private: string }
  /** Every line but those by which the driver asks for the release and for a sign of life. */
  readonly heard: string[]
  connections(): number
  /** Whoever connected, and perhaps left again without a word. */
  greeted(): number
  /** Logins that were tried, of any kind. */
  logins(): number
  /** Signs of life that were asked for. */
  probes(): number
  /** Most channels that were open at once. */
  most(): number
  /** Ends every connection. */
  cut(): void
  stop(): Promise<void>
}

const HOST_KEY = ssh2.utils.generateKeyPairSync('ed25519')
export const PROBE = ':put alive'
const VERSION = ':put [/system/resource/get version]'

/** An SSH service of which every answer is scripted, for what a well-behaved one never does. */
export async function sshFake(script: ConsoleScript, options: SshFakeOptions = {}): Promise<SshFake> {
  const { channels = () => 100, version = '7.24.4 (stable)' } = options
  const clients = new Set<Connection>()
  const heard: string[] = []
  let connections = 0
  let greeted = 0
  let logins = 0
  let probes = 0
  let open = 0
  let most = 0
  const take = (line: string, channel: ServerChannel): void => {
    const reply = (stdout = '', code = 0): void => {
      if (stdout !== '') channel.write(stdout)
      channel.exit(code)
      channel.end()
    }
    if (line === VERSION) return reply(`${version}\r\n`)
    if (line === PROBE) probes += 1
    else heard.push(line)
    script({ line, channel, reply })
  }
  const server = new ssh2.Server({ hostKeys: [options.hostKey ?? HOST_KEY.private] }, client => {
    clients.add(client)
    // ssh2 leaves Nagle's algorithm on: 40 ms for each answer.
    socketOf(client).setNoDelay(true)
    connections += 1
    client.on('error', () => undefined)
    client.once('close', () => clients.delete(client))
    client.on('authentication', attempt => {
      logins += 1
      if (accepts(attempt, options.userKey)) attempt.accept()
      else attempt.reject(options.userKey === undefined ? ['password'] : ['publickey'])
    })
    client.on('session', (accept, reject) => {
      if (open >= channels()) return reject()
      open += 1
      most = Math.max(most, open)
      const session = accept()
      session.once('close', () => (open -= 1))
      session.on('exec', (acceptExec, _reject, { command }) => take(command, acceptExec()))
    })
  })
  socketsOf(server).on('connection', () => (greeted += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const client of clients) socketOf(client).destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: HOST_KEY,
    heard,
    connections: () => connections,
    greeted: () => greeted,
    logins: () => logins,
    probes: () => probes,
    most: () => most,
    cut,
    stop: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

const socketsOf = (server: unknown): EventEmitter => (server as { readonly _srv: EventEmitter })._srv
const socketOf = (client: Connection): Socket => (client as unknown as { readonly _sock: Socket })._sock

function accepts(attempt: AuthContext, userKey: string | undefined): boolean {
  if (attempt.method === 'password') return userKey === undefined && attempt.password === 'secret'
  if (attempt.method !== 'publickey' || userKey === undefined) return false
  const parsed = ssh2.utils.parseKey(userKey)
  if (parsed instanceof Error) throw parsed
  if (!attempt.key.data.equals(parsed.getPublicSSH())) return false
  return attempt.signature === undefined || parsed.verify(attempt.blob!, attempt.signature, attempt.hashAlgo)
}
