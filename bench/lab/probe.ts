import { existsSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { ProbeResponseSchema } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'

const FRAME_HEADER = 5
const EMPTY_MESSAGE = Buffer.alloc(FRAME_HEADER)
const BETWEEN_TRIES = 1

/** One Identity/Probe, spoken on bare HTTP/2 so that nothing backs off or is loaded late. Undefined: no answer. */
function ask(session: ClientHttp2Session): Promise<{ readonly ready: boolean } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ readonly ready: boolean } | undefined>()
  const body: Buffer[] = []
  let code = ''
  const call = session.request({
    ':method': 'POST',
    ':path': '/csi.v1.Identity/Probe',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  call.on('error', () => resolve(undefined))
  call.on('trailers', trailers => {
    code = String(trailers['grpc-status'])
  })
  call.on('data', (chunk: Buffer) => body.push(chunk))
  call.on('close', () => {
    if (code !== '0') return resolve(undefined)
    resolve({ ready: fromBinary(ProbeResponseSchema, Buffer.concat(body).subarray(FRAME_HEADER)).ready !== false })
  })
  call.end(EMPTY_MESSAGE)
  return promise
}

async function askAnew(socket: string): Promise<{ readonly ready: boolean } | undefined> {
  const session = connect('http://localhost', { createConnection: () => connectSocket(socket) })
  session.on('error', () => undefined)
  try {
    return await ask(session)
  } finally {
    session.close()
  }
}

/** Resolves when Probe is first answered (`answered`) or first says ready (`ready`). */
export async function probed(socket: string, wanted: 'answered' | 'ready', signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = existsSync(socket) ? await askAnew(socket) : undefined
    if (answer !== undefined && (wanted === 'answered' || answer.ready)) return
    await pause(BETWEEN_TRIES, undefined, { signal })
  }
}
