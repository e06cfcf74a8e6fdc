/** The floor: what any Node program needs that answers Probe over HTTP/2 on a Unix socket, and does nothing else. */
const { createServer } = require('node:http2')

const [socket] = process.argv.slice(2)
const READY = Buffer.from([0, 0, 0, 0, 4, 0x0a, 0x02, 0x08, 0x01])

const server = createServer()
server.on('stream', stream => {
  stream.on('error', () => undefined)
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(READY)
})
server.listen(socket)
process.once('SIGTERM', () => process.exit(0))
