import { once } from 'node:events'
import { createConnection } from 'node:net'

/** With which every SSH server begins, before it knows who is there (RFC 4253, 4.2). */
const GREETING = 'SSH-'

/** Connects, waits for the first words of an SSH server, and leaves. Rejects where they do not come. */
export async function awaitGreeting(
  { address: host, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const socket = createConnection({ host, port })
  try {
    const [chunk] = (await once(socket, 'data', { signal })) as [Buffer]
    if (!chunk.toString('latin1').startsWith(GREETING)) throw new Error('nobody speaks SSH there')
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}
