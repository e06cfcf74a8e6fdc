import type { Server } from 'node:https'
import type { Socket } from 'node:net'

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}|${remotePort}`

/**
 * Follows the connections of an HTTPS server; the returned function resets the one below a TLS socket (RST, as when the peer's host
 * has lost it). Only the TCP socket itself can do that, and Node does not give it away.
 */
export function connectionCutter(server: Server): (secure: Socket) => void {
  const connections = new Map<string, Socket>()
  server.on('connection', (connection: Socket) => {
    const peer = peerOf(connection)
    connections.set(peer, connection)
    connection.once('close', () => connections.delete(peer))
  })
  return secure => connections.get(peerOf(secure))?.resetAndDestroy()
}
