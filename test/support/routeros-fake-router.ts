import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
// The simulated device's codec, not the adapter's own: the adapter must not be measured by itself.
import { encodeSentence, SentenceReader } from '../../src/adapters/sim/routeros-device/api/wire.ts'

/** One connection as a script sees it, while it answers one sentence. */
export interface Peer {
  readonly socket: Socket
  /** `.tag=…` of the sentence that is being answered, or nothing. */
  readonly tag: readonly string[]
  /** Sends these sentences in one piece, each with the tag. */
  reply(...sentences: readonly (readonly string[])[]): void
}

export type Script = (words: readonly string[], peer: Peer) => void

export interface FakeRouter {
  readonly port: number
  /** Every sentence that came, without its tag. */
  readonly heard: string[][]
  /** Every chunk of bytes as it came off a connection. */
  readonly chunks: Buffer[]
  /** How many connections have been made so far. */
  connections(): number
  stop(): Promise<void>
}

export interface FakeOptions {
  /** Whether logins are answered here; else they go to the script too. */
  readonly acceptsLogin?: boolean
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** The sentences of one reply, with their tag, as bytes. */
export function bytesOf(peer: Peer, ...sentences: readonly (readonly string[])[]): Buffer {
  return Buffer.concat(sentences.map(words => encodeSentence([...words, ...peer.tag])))
}

/** A device of which every reply is scripted, for what a well-behaved one never does. */
export async function fakeRouter(script: Script, options: FakeOptions = {}): Promise<FakeRouter> {
  const sockets = new Set<Socket>()
  const heard: string[][] = []
  const chunks: Buffer[] = []
  let connections = 0
  const serve = (socket: Socket): void => {
    connections += 1
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
    const reader = new SentenceReader()
    socket.on('data', chunk => {
      chunks.push(chunk)
      try {
        for (const sentence of reader.push(chunk)) take(sentence, socket)
      } catch {
        // No sentences of the API: what a real one does, too.
        socket.destroy()
      }
    })
  }
  const take = (sentence: readonly string[], socket: Socket): void => {
    const tag = sentence.filter(word => word.startsWith('.tag='))
    const words = sentence.filter(word => !word.startsWith('.tag='))
    const peer: Peer = { socket, tag, reply: (...replies) => void socket.write(bytesOf(peer, ...replies)) }
    heard.push(words)
    if (words[0] === '/login' && options.acceptsLogin !== false) peer.reply(['!done'])
    else script(words, peer)
  }
  const server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    heard,
    chunks,
    connections: () => connections,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
