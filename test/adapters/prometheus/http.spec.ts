import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MetricsServer } from '../../../src/adapters/prometheus/http.ts'
import { parseListenAddress } from '../../../src/adapters/prometheus/listen-address.ts'
import { aboutFact, SAMPLE_FACTS } from '../../contracts/fact-sink.contract.ts'
import { SimulatedClock } from '../../support/simulated-clock.ts'
import { openMetrics } from './exposition.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server on this port of the loopback, over metrics that can be driven. */
function makeServer(port = 0) {
  const metrics = openMetrics('controller')
  const clock = new SimulatedClock()
  const ready = { obstacle: undefined as string | undefined }
  const server = new MetricsServer({
    registry: metrics.registry,
    ready: () => ready.obstacle,
    listen: { host: '127.0.0.1', port },
    clock,
    logger: metrics.log,
  })
  closing.push(() => server.close())
  const get = (path: string, { method = 'GET', accept = '*/*' } = {}) =>
    fetch(`http://127.0.0.1:${server.address?.port}${path}`, { method, headers: { connection: 'close', accept } })
  return { ...metrics, clock, ready, server, get }
}

async function started() {
  const made = makeServer()
  await made.server.start()
  return made
}

describe('the metrics server', () => {
  it('serves the metrics as text', async () => {
    const { get, sink } = await started()
    sink.publish(SAMPLE_FACTS['migration-completed'], aboutFact())
    const response = await get('/metrics?name=x')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await response.text()).toContain('\nrds_csi_migration_migrations_total{result="success"} 1\n')
  })

  it('serves OpenMetrics to whoever asks for it, and text again afterwards', async () => {
    const { get } = await started()
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1'
    const response = await get('/metrics', { accept })
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    const text = await response.text()
    expect(text).toContain('# TYPE rds_csi_migration_migrations counter\n')
    expect(text.endsWith('\n# EOF\n')).toBe(true)
    expect(await (await get('/metrics')).text()).toContain('# TYPE rds_csi_migration_migrations_total counter\n')
  })

  it('says that it is alive, ready or not', async () => {
    const { get, ready } = await started()
    ready.obstacle = 'the cluster has not been listed yet'
    expect((await get('/healthz')).status).toBe(200)
  })

  it('says whether it is ready, and why not', async () => {
    const { get, ready } = await started()
    ready.obstacle = 'the cluster has not been listed yet'
    const waiting = await get('/readyz')
    expect([waiting.status, await waiting.text()]).toEqual([503, 'not ready: the cluster has not been listed yet\n'])
    ready.obstacle = undefined
    expect((await get('/readyz')).status).toBe(200)
  })

  it('has nothing else, and lets nobody write', async () => {
    const { get } = await started()
    for (const path of ['/', '//', '/metrics/', '/debug']) expect((await get(path)).status, path).toBe(404)
    const posted = await get('/metrics', { method: 'POST' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const head = await get('/metrics', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('answers 500 where the metrics cannot be rendered, and goes on', async () => {
    const { get, registry, log } = await started()
    const broken = vi.spyOn(registry, 'metrics').mockRejectedValue(new Error('broken'))
    expect((await get('/metrics')).status).toBe(500)
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', message: 'metrics could not be served' })
    broken.mockRestore()
    expect((await get('/metrics')).status).toBe(200)
  })

  it('is nowhere when it is turned off', async () => {
    const { registry, log } = openMetrics('controller')
    const off = { registry, ready: () => undefined, listen: undefined, clock: new SimulatedClock(), logger: log }
    const server = new MetricsServer(off)
    await server.start()
    expect(server.address).toBeUndefined()
    await server.close()
  })
})

describe('a port that is taken', () => {
  async function taken(): Promise<{ holder: Server; port: number }> {
    const holder = createServer()
    await new Promise<void>(resolve => void holder.listen(0, '127.0.0.1', resolve))
    closing.push(() => new Promise(resolve => holder.close(resolve)))
    return { holder, port: (holder.address() as AddressInfo).port }
  }

  it('is said clearly once, and the driver goes on without', async () => {
    const { port } = await taken()
    const { server, log, clock } = makeServer(port)
    await server.start()
    await clock.untilSleeping()
    await clock.advance(60_000)
    expect(server.address).toBeUndefined()
    expect(log.lines.map(line => line.level)).toEqual(['error'])
    expect(log.lines[0]?.message).toContain(`no metrics: 127.0.0.1:${port} cannot be listened on (listen EADDRINUSE`)
    expect(log.lines[0]?.message).toContain('--metrics-address')
  })

  it('is taken as soon as it is free', async () => {
    const { holder, port } = await taken()
    const { server, clock, get } = makeServer(port)
    await server.start()
    await clock.untilSleeping()
    await new Promise(resolve => holder.close(resolve))
    await expect
      .poll(async () => {
        await clock.advance(1000)
        return server.address?.port
      })
      .toBe(port)
    expect((await get('/healthz')).status).toBe(200)
  })

  it('is given up when the server closes', async () => {
    const { port } = await taken()
    const { server, clock } = makeServer(port)
    await server.start()
    await clock.untilSleeping()
    await server.close()
    expect(clock.sleeping).toBe(0)
  })
})

describe('closing', () => {
  it('ends at once where nobody is connected, twice too', async () => {
    const { server, clock } = await started()
    await server.close()
    await server.close()
    expect(server.address).toBeUndefined()
    expect(clock.sleeping).toBe(0)
  })

  it('waits for an answer that is under way only so long', async () => {
    const { server, clock, get, registry } = await started()
    const asked = Promise.withResolvers<void>()
    registry.metrics = () => {
      asked.resolve()
      return new Promise(() => undefined)
    }
    const response = get('/metrics').then(
      () => 'answered',
      () => 'cut off',
    )
    await asked.promise
    const closed = server.close()
    await clock.untilSleeping()
    await clock.advance(1000)
    await closed
    expect(await response).toBe('cut off')
  })

  it('also ends a start that is under way', async () => {
    const { server } = makeServer()
    const start = server.start()
    await Promise.all([server.close(), start])
    expect(server.address).toBeUndefined()
  })
})

describe('an address to listen on', () => {
  it.each([
    [':9809', { host: undefined, port: 9809 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::]:9809', { host: '::', port: 9809 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
  ])('is read from %s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address)
  })

  it.each(['', '9809', ':', ':65536', '::1:80', 'a b:1', ':-1', '[::1]', 'host:port'])(
    'is not read from "%s"',
    text => {
      expect(parseListenAddress(text)).toBeUndefined()
    },
  )
})
