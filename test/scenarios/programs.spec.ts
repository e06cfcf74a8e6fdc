import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Program } from '../../src/demo/processes.ts'
import { scrape } from '../../src/demo/exposition.ts'
import { fromSources, Rig, valueOf } from './rig.ts'

const TIME_LIMIT = 60_000

/** Something else that listens on a port. */
async function squatter(): Promise<{ readonly port: number; readonly leave: () => Promise<void> }> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const leave = () => new Promise<void>(resolve => server.close(() => resolve()))
  onTestFinished(leave)
  return { port: typeof address === 'object' && address !== null ? address.port : 0, leave }
}

async function run(
  ...args: readonly string[]
): Promise<{ readonly code: number | string; readonly lines: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'rds-p-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const program = new Program(args[0] ?? '', join(folder, 'log'), fromSources(args))
  onTestFinished(async () => void (await program.stop()))
  return { code: await program.ended, lines: program.lines }
}

describe('a metrics port that is taken', { timeout: TIME_LIMIT }, () => {
  it('keeps nothing from working, is told, and is asked for again', async () => {
    const { port, leave } = await squatter()
    const rig = await Rig.start({ nodes: ['node-a'], flags: [`--metrics-address=127.0.0.1:${port}`] })
    const volume = await rig.provision()
    await rig.run(volume, 'node-a')
    const complaints = rig.controller.program.lines.filter(line => line.includes('no metrics'))
    expect(complaints).toHaveLength(1)
    expect(JSON.parse(complaints[0] ?? '')).toMatchObject({
      level: 'error',
      msg: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be listened on .*EADDRINUSE.*--metrics-address/),
    })
    await leave()
    const url = `http://127.0.0.1:${port}/metrics`
    const page = await rig.until('metrics at the port that was taken', () => scrape(url, rig.signal), 30_000)
    expect(valueOf(page, 'rds_csi_attachment_attach_total', { status: 'success' })).toBe(1)
  })
})

describe('SIGTERM', { timeout: TIME_LIMIT }, () => {
  it('lets the calls under way finish, gives the Lease back, and ends with exit code 0', async () => {
    const rig = await Rig.start({ nodes: ['node-a'] })
    const [volume, late] = [await rig.provision(), await rig.provision({ claim: 'late' })]
    rig.device.latencyMs = 1_000
    rig.device.clearCommands()
    const attaching = rig.attacher.attach(volume, 'node-a')
    await rig.until('the call to reach the appliance', async () => rig.device.commands.length > 0 || undefined)
    const ended = rig.controller.program.stop()
    await rig.until('the socket to be taken away', async () => !existsSync(rig.controller.socket) || undefined)
    await expect(rig.attacher.attach(late, 'node-a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(attaching).resolves.toMatchObject({ hostNqn: expect.stringContaining('nqn.') })
    expect(await ended).toBe(0)
    const [lease] = await rig.kube.list('/apis/coordination.k8s.io/v1/namespaces/rds-csi/leases')
    expect(lease).toMatchObject({ spec: { holderIdentity: '' } })
    expect((await rig.events(volume)).map(({ reason }) => reason)).toEqual(['VolumeAttached'])
  })

  it('ends a node with exit code 0', async () => {
    const rig = await Rig.start({ nodes: ['node-a'] })
    expect(await rig.node('node-a').program.stop()).toBe(0)
    expect(existsSync(rig.node('node-a').socket)).toBe(false)
  })
})

describe('a wrong configuration', { timeout: TIME_LIMIT }, () => {
  it('of a controller is told at once, every mistake in a line of its own', async () => {
    const { code, lines } = await run(
      'controller',
      '--rds-port=70000',
      '--nvme-address=not-an-ip',
      '--attachment-grace-period=soon',
      '--rds-volume-base-path=relative',
      '--leader-election=perhaps',
      '--unheard-of=1',
    )
    expect(code).toBe(2)
    const mistakes = [
      '--rds-port=70000',
      '--nvme-address=not-an-ip',
      '--attachment-grace-period=soon',
      '--rds-volume-base-path=relative',
      '--leader-election=perhaps',
      '--unheard-of',
      '--rds-address=HOST is missing',
      '--rds-password-file=FILE is missing',
      '--kubeconfig=FILE is missing',
    ]
    for (const mistake of mistakes) expect(lines.filter(line => line.includes(mistake))).toHaveLength(1)
    expect(lines.every(line => line.startsWith('rds-csi: '))).toBe(true)
  })

  it.each([
    ['node', ['--node-id=UPPER', '--host=imaginary'], 2],
    ['simulate-device', ['--latency=slow', '--blocks=nowhere'], 3],
    ['simulate-cluster', ['--nodes=A,a,a'], 3],
    ['demo', ['--kepp', '--log-dir='], 2],
    ['unheard-of', [], 1],
  ])('of %s is told with exit code 2', async (program, args, mistakes) => {
    const { code, lines } = await run(program, ...args)
    expect(code).toBe(2)
    expect(lines.filter(line => line !== '')).toHaveLength(mistakes)
  })
})
