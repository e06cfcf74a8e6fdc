import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runSimulateCluster } from '../../../../src/adapters/sim/cluster/simulate-cluster.ts'

let folder: string
let written: { stdout: string; stderr: string }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-cluster-'))
  written = { stdout: '', stderr: '' }
})
afterEach(() => rm(folder, { recursive: true }))

const sink = (name: 'stdout' | 'stderr') => ({
  write: (text: string): boolean => {
    written[name] += text
    return true
  },
})

function run(argv: readonly string[], signal: AbortSignal, env: Record<string, string> = {}): Promise<number> {
  return runSimulateCluster(argv, { stdout: sink('stdout'), stderr: sink('stderr'), env }, signal)
}

const never = new AbortController().signal

describe('rds-csi simulate-cluster', () => {
  it('serves until it is told to stop, and a client finds it by the kubeconfig that it wrote', async () => {
    const file = join(folder, 'kubeconfig')
    await writeFile(file, 'of another time', { mode: 0o644 })
    const stop = new AbortController()
    const exit = run(['--listen=127.0.0.1:0', `--write-kubeconfig=${file}`, '--nodes=a,b'], stop.signal)
    await vi.waitFor(() => expect(written.stdout).toMatch(/\n$/), { timeout: 5000 })
    const line = JSON.parse(written.stdout) as { api: string }
    expect(line).toEqual({
      api: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      kubeconfig: file,
      nodes: ['a', 'b'],
    })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const config = new KubeConfig()
    config.loadFromFile(file)
    const { items } = await config.makeApiClient(CoreV1Api).listNode()
    expect(items.map(node => node.metadata?.name)).toEqual(['a', 'b'])
    stop.abort()
    expect(await exit).toBe(0)
    await expect(config.makeApiClient(CoreV1Api).listNode()).rejects.toThrow()
    expect(written.stderr).toBe('')
  })

  it('reads the environment, and the flag wins', async () => {
    const file = join(folder, 'kubeconfig')
    const env = { RDS_CSI_WRITE_KUBECONFIG: file, RDS_CSI_NODES: 'from-environment' }
    expect(await run(['--nodes=from-flag'], AbortSignal.abort(), env)).toBe(0)
    expect(JSON.parse(written.stdout)).toMatchObject({ kubeconfig: file, nodes: ['from-flag'] })
    expect(await readFile(file, 'utf8')).toContain('certificate-authority-data: ')
  })

  it('tells every mistake at once and ends with 2', async () => {
    expect(await run(['--colour=red', 'stray', '--listen=here', '--nodes=a,B,a'], never)).toBe(2)
    const lines = written.stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(6)
    const words = ['--colour', '"stray"', '--write-kubeconfig=FILE is required', '"here"', '"B"', 'named twice']
    for (const word of words) expect(lines.some(line => line.includes(word))).toBe(true)
    expect(written.stdout).toBe('')
  })

  it('explains itself', async () => {
    expect(await run(['--help'], never)).toBe(0)
    for (const flag of ['--write-kubeconfig=FILE', '--listen=ADDR', '--nodes=a,b,c'])
      expect(written.stdout).toContain(flag)
  })

  it('ends with 1 when it can not write its kubeconfig', async () => {
    expect(await run([`--write-kubeconfig=${folder}/no/such/folder`], never)).toBe(1)
    expect(written.stderr).toContain('ENOENT')
  })

  it('ends with 1 when its address is taken', async () => {
    const stop = new AbortController()
    const first = run([`--write-kubeconfig=${folder}/one`], stop.signal)
    await vi.waitFor(() => expect(written.stdout).toMatch(/\n$/), { timeout: 5000 })
    const { host } = new URL((JSON.parse(written.stdout) as { api: string }).api)
    expect(await run([`--write-kubeconfig=${folder}/two`, `--listen=${host}`], never)).toBe(1)
    expect(written.stderr).toContain('EADDRINUSE')
    stop.abort()
    expect(await first).toBe(0)
  })
})
