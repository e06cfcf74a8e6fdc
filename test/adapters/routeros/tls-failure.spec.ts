import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openTls } from '../../../src/adapters/routeros/link/open-tls.ts'
import { explainTls } from '../../../src/adapters/routeros/tls-failure.ts'
import { TlsTrust } from '../../../src/adapters/routeros/tls-trust.ts'
import { never } from '../../support/routeros-transports.ts'

const trust = new TlsTrust({ insecureSkipVerify: true })

/** How the handshake with this server fails. */
async function failure(server: Server): Promise<Error> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  return openTls({ host: '127.0.0.1', port }, trust, never()).then(
    () => Promise.reject(new Error('it worked')),
    (error: unknown) => error as Error,
  )
}

const tls = (options: TlsOptions): Server => createTlsServer(options).on('tlsClientError', () => undefined)
const plain = (answer: (socket: Socket) => void): Server =>
  createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', () => answer(socket))
  })

describe('a handshake that fails', () => {
  it('for want of a certificate says that the service has none', async () => {
    // What RouterOS offers then: anonymous Diffie-Hellman, which proves nothing.
    const { message } = await failure(tls({ ciphers: 'ADH-AES256-GCM-SHA384:@SECLEVEL=0', maxVersion: 'TLSv1.2' }))
    expect(message).toContain('the service has no certificate')
    expect(message).toContain('/ip/service/set api-ssl,www-ssl certificate=')
  })

  it('with a plain service says so', async () => {
    const { message } = await failure(plain(socket => socket.end('no sentence of TLS at all\r\n')))
    expect(message).toContain('the port speaks no TLS')
  })

  it('with a service that closes at once says why that may be', async () => {
    const { message } = await failure(plain(socket => socket.end()))
    expect(message).toContain('max-sessions')
    expect(message).toContain('available-from')
  })

  it('in another way is told as it is', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
    expect(explainTls(error)).toBe(error)
  })
})
