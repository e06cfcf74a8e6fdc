import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Rig } from './rig.ts'

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('a controller whose appliance went back to an older release', { timeout: 60_000 }, () => {
  it('does not get ready after a restart, and says in words why and what to do', async () => {
    const port = await freePort()
    const readyz = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: 'close' } })
      return { status: response.status, text: await response.text() }
    }
    const rig = await Rig.start({ nodes: [], flags: [`--metrics-address=127.0.0.1:${port}`] })
    expect((await readyz()).status).toBe(200)
    rig.device.system.version = '7.20.8'
    await rig.controller.program.kill()
    const restarted = rig.startController()
    restarted.catch(() => undefined)
    await rig.until('the reason', async () => ((await readyz()).text.includes('too old') ? true : undefined), 20_000)
    const { status, text } = await readyz()
    expect(status).toBe(503)
    expect(text).toContain('RouterOS 7.20.8 is too old (upgrade the appliance to RouterOS 7.21 or newer')
    rig.device.system.version = '7.24.4'
    await restarted
    expect((await readyz()).status).toBe(200)
  })
})
