import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { parentPort } from 'node:worker_threads'
import { makeCertificate } from '../../src/adapters/sim/routeros-device/certificate.ts'
import { encodeSentence, SentenceReader } from '../../src/adapters/sim/routeros-device/api/wire.ts'

/*
 * A worker that speaks the binary API and does nothing: what a client of it takes is the client's own time. Tells its
 * ports and its certificate, and serves until it is ended.
 */

const ROWS = 10_000
const rows = Array.from({ length: ROWS }, (_, row) => [
  '!re',
  `=.id=*${row.toString(16).toUpperCase()}`,
  `=slot=pvc-${String(row).padStart(26, 'a')}`,
  '=type=file',
  `=comment=rds-csi/1 owner=6f1d2c3b-8a94-4e57-b0c1-5d2e7f8a9b30 id=${row} name=${row} created=2026-01-01T00:00:00.000Z`,
  '=size=1073741824',
  `=file-path=/storage-pool/volumes/${row}.img`,
  '=nvme-tcp-export=true',
])

/** The rows with a tag of four characters, which is written over in place for each reply. */
const PLACE = '.tag=%%%%'
const listing = Buffer.concat([...rows, ['!done']].map(words => encodeSentence([...words, PLACE])))

function listingFor(tag: string): Buffer {
  const word = `.tag=${tag}`
  if (word.length !== PLACE.length)
    return Buffer.concat([...rows, ['!done']].map(words => encodeSentence([...words, word])))
  return Buffer.from(listing.toString('latin1').replaceAll(PLACE, word), 'latin1')
}

function serve(socket: Socket): void {
  const reader = new SentenceReader()
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.on('data', chunk => {
    for (const words of reader.push(chunk)) {
      const tag = words.find(word => word.startsWith('.tag='))?.slice(5) ?? ''
      if (words[0] === '/disk/print') socket.write(listingFor(tag))
      else socket.write(encodeSentence(['!done', `.tag=${tag}`]))
    }
  })
}

async function main(): Promise<void> {
  const { cert, key } = await makeCertificate()
  const [plain, tls] = [createServer(serve), createTlsServer({ cert, key, maxVersion: 'TLSv1.2' }, serve)]
  const ports = [plain, tls].map(server => {
    const listening = Promise.withResolvers<number>()
    server.listen(0, '127.0.0.1', () => listening.resolve((server.address() as { port: number }).port))
    return listening.promise
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ ports: await Promise.all(ports), cert })
}

await main()
