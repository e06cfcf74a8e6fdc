import type { IncomingMessage } from 'node:http'
import { RestError } from './rest-answer.ts'

/** Largest body that is read, in bytes: a guard of the simulator, the device's own limit is unknown. */
const LARGEST_BODY = 1024 * 1024

/** The body as text, `''` without one. Throws `RestError`: 415 when it does not say that it is JSON (manual), 413 too large. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding, 'content-type': type = '' } = request.headers
  if (length === '0' && encoding === undefined) return ''
  if (!/^application\/json *(?:;|$)/i.test(type)) throw new RestError(415)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read to its end, so that the connection stays of use.
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  if (size > LARGEST_BODY) throw new RestError(413)
  return Buffer.concat(chunks).toString('utf8')
}
