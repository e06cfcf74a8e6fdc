import type { IncomingMessage } from 'node:http'
import { ApiError } from './status.ts'

/** The API server's own limit. */
const LARGEST_BODY = 3 * 1024 * 1024

/** The whole body as text; throws ApiError 413 when it is larger than the API server takes. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  if (size <= LARGEST_BODY) return Buffer.concat(chunks).toString('utf8')
  const message = `Request entity too large: limit is ${LARGEST_BODY}`
  throw new ApiError(413, 'RequestEntityTooLarge', message)
}
