import { setTimeout as pause } from 'node:timers/promises'
import { type Client, credentials, makeGenericClientConstructor } from '@grpc/grpc-js'
import { Identity, type ProbeResponse } from '../../src/adapters/csi/gen/csi/v1/csi_pb.ts'
import { serviceDefinition } from '../../src/adapters/csi/service-definition.ts'

type Answer = (error: Error | null, response?: ProbeResponse) => void
type ProbeCall = (request: object, options: { readonly deadline: number }, answer: Answer) => unknown

const IdentityClient = makeGenericClientConstructor(serviceDefinition(Identity), 'Identity')
const CALL_LIMIT = 2_000

function probeOnce(client: Client): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = (client as unknown as { readonly probe: ProbeCall }).probe.bind(client)
  probe({}, { deadline: Date.now() + CALL_LIMIT }, (error, response) =>
    resolve(error === null && response?.ready !== false),
  )
  return promise
}

/** Resolves when the CSI socket's Probe says ready; throws when `signal` aborts before. */
export async function probeReady(socket: string, signal: AbortSignal): Promise<void> {
  const settings = { 'grpc.initial_reconnect_backoff_ms': 20, 'grpc.max_reconnect_backoff_ms': 200 }
  const client = new IdentityClient(`unix://${socket}`, credentials.createInsecure(), settings)
  try {
    while (!(await probeOnce(client))) await pause(20, undefined, { signal })
  } finally {
    client.close()
  }
}
