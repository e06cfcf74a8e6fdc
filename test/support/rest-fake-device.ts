import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { generate } from 'selfsigned'
import { X509Certificate } from 'node:crypto'

/** One request as a script sees it. */
export interface RestCall {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly socket: Socket
  readonly reply: (status: number, content?: unknown, headers?: Readonly<Record<string, string>>) => void
  readonly response: ServerResponse
}

export type RestScript = (call: RestCall) => void

export interface RestFake {
  readonly port: number
  readonly fingerprint: string
  readonly cert: string
  /** Every request that came but those for the identity, as path and body. */
  readonly heard: RestCall[]
  connections(): number
  /** Requests for the identity, which is how the driver asks whether the device lives. */
  probes(): number
  /** Ends every connection. */
  cut(): void
  stop(): Promise<void>
}

let made: Promise<{ cert: string; key: string }> | undefined

async function certificate(): Promise<{ cert: string; key: string }> {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }]
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'rds' }], { keySize: 2048, extensions })
  return { cert, key }
}

/** A REST service of which every answer is scripted; logins are accepted and the identity is told, unless asked not to. */
export async function restFake(script: RestScript, { tellsIdentity = true } = {}): Promise<RestFake> {
  made ??= certificate()
  const { cert, key } = await made
  const sockets = new Set<Socket>()
  const heard: RestCall[] = []
  let connections = 0
  let probes = 0
  const server = createServer({ cert, key, maxVersion: 'TLSv1.2' }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: path = '', method = '', headers, socket } = request
      const reply: RestCall['reply'] = (status, content = [], more = {}) => {
        response.writeHead(status, { 'content-type': 'application/json', ...more })
        response.end(typeof content === 'string' ? content : JSON.stringify(content))
      }
      const call = { path, method, headers, socket, response, reply, body: Buffer.concat(chunks).toString('utf8') }
      if (path === '/rest/system/identity/print') {
        probes += 1
        if (tellsIdentity) return reply(200, [{ name: 'rds' }])
      } else heard.push(call)
      script(call)
    })
  })
  server.on('secureConnection', socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    fingerprint: new X509Certificate(cert).fingerprint256,
    cert,
    heard,
    connections: () => connections,
    probes: () => probes,
    cut,
    stop: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
