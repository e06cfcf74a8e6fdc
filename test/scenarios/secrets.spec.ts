import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openPublished } from '../../src/adapters/sim/host/pod-io.ts'
import { Installation } from '../../src/demo/installation.ts'
import type { Program } from '../../src/demo/processes.ts'
import { NODE_A } from '../../src/demo/scene.ts'
import { Stack } from '../../src/demo/stack.ts'
import { Workload } from '../../src/demo/workload.ts'
import { fromSources, GIB, PASSWORD, Rig } from './rig.ts'

const TIME_LIMIT = 60_000
const WRONG_PASSWORD = 'another-canary-that-sings'

/** What a neighbour on the machine, or a reader of logs, gets to see of a program. */
function visible({ pid, lines }: Program): string {
  const seen = ['cmdline', 'environ'].map(file => readFileSync(`/proc/${pid}/${file}`, 'utf8'))
  return [...seen, ...lines].join('\n')
}

/** As it is, and in the spellings in which secrets get out. */
const spellings = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
]

function expectSecret(secret: string, texts: readonly string[]): void {
  expect(secret.length).toBeGreaterThan(8)
  const leaks = texts.filter(text => spellings(secret).some(spelling => text.includes(spelling)))
  expect(leaks).toEqual([])
}

describe('the password of the appliance', { timeout: TIME_LIMIT }, () => {
  it('is in no output, argument or environment of any program', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rds-x-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const { signal } = new AbortController()
    const programs: Program[] = []
    const stack = new Stack({ launch: args => fromSources([...args, ...loudly(args)]), folder, logs: folder, signal })
    const start = stack.run.bind(stack)
    stack.run = (...given) => {
      const program = start(...given)
      programs.push(program)
      return program
    }
    onTestFinished(async () => void (await stack.stop()))
    const installation = await Installation.start({ stack, folder, open: openPublished, signal })
    const { provisioner, attacher, kubelets, metrics } = installation.surroundings()
    const volume = await provisioner.provision({
      claim: 'disk',
      mode: 'Block',
      access: 'ReadWriteOnce',
      bytes: GIB,
      parameters: {},
    })
    const workload = new Workload(volume, await attacher.attach(volume, NODE_A), kubelets[NODE_A])
    await workload.start()
    await workload.end()
    await attacher.detach(volume, NODE_A)
    const pages = [(await metrics('controller')).text, (await metrics(NODE_A)).text]

    expect(programs.map(({ name }) => name).toSorted()).toEqual([
      'appliance',
      'cluster',
      'controller',
      'node-a',
      'node-b',
    ])
    expectSecret(await readFile(installation.appliance.passwordFile, 'utf8'), [...programs.map(visible), ...pages])
    const token = /token: (\S+)/.exec(await readFile(installation.kubeconfig, 'utf8'))?.[1] ?? ''
    expectSecret(token, [...programs.map(visible), ...pages])
  })

  it('is not told either when the appliance refuses it', async () => {
    const rig = await Rig.start({ nodes: [], flags: ['--log-level=debug'] })
    await writeFile(rig.appliance.passwordFile, WRONG_PASSWORD)
    rig.device.dropConnections()
    await rig.eventually(async () => {
      const refused = rig.device.commands.filter(({ path }) => path === '/login')
      expect(refused.length).toBeGreaterThan(1)
    })
    await expect(rig.provision()).rejects.toMatchObject({ code: expect.any(String) })
    expectSecret(WRONG_PASSWORD, [visible(rig.controller.program)])

    await writeFile(rig.appliance.passwordFile, `${PASSWORD}\n`)
    let attempts = 0
    await rig.eventually(async () => void (await rig.provision({ claim: `again-${attempts++}` })), 30_000)
    expectSecret(PASSWORD, [visible(rig.controller.program)])
  })
})

/** The driver's programs tell most at this level. */
const loudly = ([program = '']: readonly string[]): readonly string[] =>
  ['controller', 'node'].includes(program) ? ['--log-level=debug'] : []
