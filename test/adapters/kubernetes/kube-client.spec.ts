import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextNamespace, loadKubeConfig } from '../../../src/adapters/kubernetes/kube-config.ts'
import { KubeClient } from '../../../src/adapters/kubernetes/kube-client.ts'
import { describeApiError, isPassing } from '../../../src/adapters/kubernetes/kube-error.ts'

const TOKEN = 'very-secret-token'
const forever = new AbortController().signal

let server: Server
let client: KubeClient
let connections: number
let answer: (reply: ServerResponse, headers: IncomingHttpHeaders) => void

function configFor(port: number): KubeConfig {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u', token: TOKEN }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u', namespace: 'there' }],
    currentContext: 'x',
  })
  return config
}

beforeEach(async () => {
  connections = 0
  answer = reply => reply.end('{}')
  server = createServer((request, reply) => answer(reply, request.headers))
  server.on('connection', () => void (connections += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = new KubeClient(configFor((server.address() as AddressInfo).port))
})
afterEach(async () => {
  await client.close()
  server.closeAllConnections()
  server.close()
})

const failure = (signal = forever): Promise<Error> =>
  client.json({ path: '/api' }, signal).then(
    () => new Error('it did not fail'),
    (error: unknown) => error as Error,
  )

describe('requests', () => {
  it('share their connections, however many there are', async () => {
    for (let times = 0; times < 50; times += 1) await client.json({ path: '/api' }, forever)
    expect(connections).toBeLessThanOrEqual(2)
  })

  it('carry the credentials, and a PATCH says that it is a merge patch', async () => {
    const seen: unknown[] = []
    answer = (reply, headers) => {
      seen.push(headers['authorization'], headers['content-type'])
      reply.end('{}')
    }
    await client.json({ method: 'PATCH', path: '/api', body: {} }, forever)
    expect(seen).toEqual([`Bearer ${TOKEN}`, 'application/merge-patch+json'])
  })

  it('reject with the reason of their signal, and at once', async () => {
    answer = () => undefined
    const stop = new AbortController()
    const asked = failure(stop.signal)
    const reason = new Error('enough')
    stop.abort(reason)
    expect(await asked).toBe(reason)
    expect(await failure(AbortSignal.abort(reason))).toBe(reason)
  })

  it('reject with the reason of their signal also while credentials are waited for', async () => {
    const config = configFor(1)
    config.applyToHTTPSOptions = () => new Promise(() => undefined)
    const stop = new AbortController()
    const asked = new KubeClient(config).json({ path: '/api' }, stop.signal)
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(asked).rejects.toBe(reason)
  })

  it('fail after a limit when credentials never come, a stream too', async () => {
    const config = configFor(1)
    config.applyToHTTPSOptions = () => new Promise(() => undefined)
    const hasty = new KubeClient(config, 20)
    const read = (): Promise<void> => Promise.reject(new Error('nothing can be read'))
    const ended = hasty.stream({ path: '/api' }, { signal: forever, silence: 60_000 }, read)
    await expect(ended).rejects.toMatchObject({ code: 0, reason: 'NoCredentials' })
    await expect(hasty.json({ path: '/api' }, forever)).rejects.toMatchObject({ name: 'KubeError', code: 0 })
  })

  it('fail after a limit when a stream is silent for too long', async () => {
    answer = reply => void reply.write('{}\n')
    const read = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0)
    }
    const ended = client.stream({ path: '/api' }, { signal: forever, silence: 20 }, read)
    await expect(ended).rejects.toMatchObject({ reason: 'UND_ERR_BODY_TIMEOUT' })
  })
})

describe('a failure', () => {
  it('names code, reason and message of the Status', async () => {
    answer = reply => {
      reply.statusCode = 409
      reply.end(JSON.stringify({ kind: 'Status', reason: 'AlreadyExists', message: 'events "a" already exists' }))
    }
    const error = await failure()
    expect(error).toMatchObject({ name: 'KubeError', code: 409, reason: 'AlreadyExists' })
    expect(describeApiError(error)).toBe('HTTP 409 AlreadyExists: events "a" already exists')
    expect(isPassing(error)).toBe(false)
  })

  it('never holds the token, even where the server repeats it', async () => {
    answer = (reply, headers) => {
      reply.statusCode = 500
      reply.setHeader('x-echo', String(headers['authorization']))
      reply.end(`<html>authorization: ${headers['authorization']}; raw: ${TOKEN}</html>`)
    }
    const error = await failure()
    expect(isPassing(error)).toBe(true)
    const everything = `${JSON.stringify(error)} ${error.message} ${error.stack} ${describeApiError(error)}`
    expect(everything).toContain('HTTP 500')
    expect(everything).not.toContain(TOKEN)
  })

  it.each([
    ['no server', () => server.close()],
    ['a cut connection', () => void (answer = reply => reply.destroy())],
    ['a reply that is no JSON', () => void (answer = reply => reply.end('<html>'))],
  ])('without a proper reply is one that may pass: %s', async (_, prepare) => {
    prepare()
    const error = await failure()
    expect(error).toMatchObject({ name: 'KubeError', code: 0 })
    expect(isPassing(error)).toBe(true)
    expect(describeApiError(error)).toMatch(/^no usable reply from the API server: ./)
  })
})

describe('a kubeconfig', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rds-csi-kubeconfig-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const load = (text: string): unknown => {
    const path = join(folder, 'config')
    writeFileSync(path, text)
    try {
      return loadKubeConfig(path)
    } catch (error) {
      return error
    }
  }

  it('is read from the file', () => {
    const config = configFor(1).exportConfig()
    const loaded = load(config)
    expect(loaded).toBeInstanceOf(KubeConfig)
    expect(contextNamespace(loaded as KubeConfig)).toBe('there')
    expect(contextNamespace(new KubeConfig())).toBe('default')
  })

  it.each([
    ['no YAML', `users:\n - token: ${TOKEN}\n  : {`],
    ['no kubeconfig', `[${TOKEN}]`],
    [
      'no current context',
      `{ "clusters": [], "users": [{"name": "u", "user": {"token": "${TOKEN}"}}], "contexts": [] }`,
    ],
    ['an unencrypted server', configFor(1).exportConfig().replace('"insecure-skip-tls-verify":true', '"x":1')],
  ])('with %s is refused without quoting it', (_, text) => {
    const error = load(text) as Error
    expect(error).toMatchObject({ name: 'StorageError', kind: 'invalid' })
    expect(error.message).toContain('--kubeconfig')
    expect(`${error.message} ${String(error.stack)} ${String(error.cause)}`).not.toContain(TOKEN)
  })

  it('that is missing, and none in a pod, are said clearly', () => {
    expect(() => loadKubeConfig(join(folder, 'absent'))).toThrow(/absent cannot be used: ENOENT/)
    for (const none of [undefined, ''])
      expect(() => loadKubeConfig(none)).toThrow(/name a configuration with --kubeconfig/)
  })
})
