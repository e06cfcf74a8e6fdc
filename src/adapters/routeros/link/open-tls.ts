import { connect, type TLSSocket } from 'node:tls'
import { abortable } from '../deadline.ts'
import { explainTls } from '../tls-failure.ts'
import type { TlsTrust } from '../tls-trust.ts'

/** After this long without a word, and every second from then on, the system asks the peer whether it is there. */
const KEEPALIVE_DELAY = 5000

/** An encrypted connection to a device that has proven who it is; nothing has been sent on it. */
export async function openTls(
  { host, port }: { readonly host: string; readonly port: number },
  trust: TlsTrust,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const options = await abortable(trust.options(), signal)
  const socket = connect({ ...options, host, port })
  const connected = Promise.withResolvers<void>()
  socket.once('secureConnect', () => connected.resolve())
  socket.once('error', error => connected.reject(explainTls(error)))
  try {
    await abortable(connected.promise, signal)
    trust.verify(socket, host)
    socket.setKeepAlive(true, KEEPALIVE_DELAY)
    return socket
  } catch (error) {
    // What still goes wrong with it interests nobody.
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  }
}
