import type { ServerResponse } from 'node:http'
import type { Watch } from './watch-stream.ts'

/** A client that leaves this much unread is cut off, as the API server cuts off slow watchers. */
const LARGEST_BACKLOG = 64 * 1024 * 1024

/** Streams a watch as chunked JSON lines until it ends or the client goes. `opened` registers it and returns what to call then. */
export function streamWatch(response: ServerResponse, watch: Watch, opened: () => () => void): void {
  const { socket } = response
  if (socket === null || socket.destroyed) return
  socket.setNoDelay(true)
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  const closed = opened()
  const stop = watch.start({
    write: line => {
      if (response.writableLength > LARGEST_BACKLOG) socket.destroy()
      else response.write(line)
    },
    end: () => response.end(),
  })
  response.once('close', () => {
    closed()
    stop()
  })
}
