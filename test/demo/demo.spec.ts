import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openPublished } from '../../src/adapters/sim/host/pod-io.ts'
import { runDemo } from '../../src/demo/demo.ts'
import type { Launcher } from '../../src/demo/launcher.ts'
import { fromSources } from '../scenarios/rig.ts'

/** Remembers the temporary folder of a demonstration, and what it wrote. */
class Audience {
  text = ''
  folder = ''
  readonly ending = new AbortController()
  readonly #launch: Launcher
  #leaveAt: string | undefined

  constructor(launch: Launcher = fromSources) {
    this.#launch = launch
  }

  /** Runs the demonstration; `leaveAt`: it is told to end when it says this. Answers its exit code. */
  watch(argv: readonly string[], leaveAt?: string): Promise<number> {
    this.#leaveAt = leaveAt
    const output = { write: (text: string) => this.#hear(text) }
    const launch: Launcher = args => {
      this.folder ||=
        /^--data-dir=(.*)\/appliance$/.exec(args.find(arg => arg.startsWith('--data-dir')) ?? '')?.[1] ?? ''
      return this.#launch(args)
    }
    return runDemo(argv, { stdout: output, stderr: output, launch, open: openPublished, stop: this.ending.signal })
  }

  /** Command lines of running programs that belong to it. */
  leftovers(): readonly string[] {
    const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
    return pids.map(commandLine).filter(line => this.folder !== '' && line.includes(this.folder))
  }

  #hear(text: string): void {
    this.text += text
    if (this.#leaveAt !== undefined && this.text.includes(this.#leaveAt)) this.ending.abort(new Error('SIGINT'))
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has ended meanwhile
  }
}

function expectNothingLeft(audience: Audience): void {
  expect(audience.folder).not.toBe('')
  expect(existsSync(audience.folder)).toBe(false)
  expect(audience.leftovers()).toEqual([])
}

describe('the demonstration', () => {
  it('shows that all is as promised in less than a minute, and leaves nothing behind', {
    timeout: 120_000,
  }, async () => {
    const audience = new Audience()
    const code = await audience.watch([])
    expect(audience.text).toContain('All is as promised.')
    expect(code).toBe(0)
    expect(audience.text).toMatch(
      /Warning +MigrationFailed +\S+ +rds\.csi\.srvlab\.io +\[pvc-.*reason: timeout, elapsed: 30s/,
    )
    expect(audience.text).toContain('rds_csi_migration_migrations_total{result="timeout"} 1')
    const times = [...audience.text.matchAll(/^ *(\d+\.\d) s {2}/gm)].map(([, seconds]) => Number(seconds))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThan(60)
    expectNothingLeft(audience)
  })

  it('ends in good order when it is told to, wherever it is', { timeout: 60_000 }, async () => {
    const audience = new Audience()
    expect(await audience.watch([], 'waiting for its 30s')).toBe(0)
    expect(audience.text).not.toContain('FAILED')
    expectNothingLeft(audience)
  })

  it('says which program has died, with the end of its log, and ends the others', { timeout: 60_000 }, async () => {
    const shortLived: Launcher = args => {
      const launch = fromSources(args)
      if (!args.includes('--node-id=node-b')) return launch
      return { ...launch, command: 'timeout', args: ['-s', 'KILL', '8', launch.command, ...launch.args] }
    }
    const audience = new Audience(shortLived)
    expect(await audience.watch([])).toBe(1)
    expect(audience.text).toMatch(/the program "node-b" ended \(\S+\); its log ends with:\n\{/)
    expectNothingLeft(audience)
  })

  it('says which program could not be started', { timeout: 60_000 }, async () => {
    const audience = new Audience(args => {
      const launch = fromSources(args)
      return args[0] === 'controller' ? { ...launch, command: '/nowhere/to/be/found' } : launch
    })
    expect(await audience.watch([])).toBe(1)
    expect(audience.text).toContain(
      'the program "controller" ended (could not be started: spawn /nowhere/to/be/found ENOENT)',
    )
    expectNothingLeft(audience)
  })

  it.each([
    [['--help'], 0, 'rds-csi demo [--keep] [--log-dir=DIR]'],
    [['--kepp'], 2, 'rds-csi demo: "--kepp" is not known here; rds-csi demo --help lists the flags'],
    [['--log-dir'], 2, 'rds-csi demo: --log-dir needs a folder: --log-dir=DIR'],
  ])('answers %j with exit code %i', async (argv, code, text) => {
    const audience = new Audience()
    expect(await audience.watch(argv)).toBe(code)
    expect(audience.text).toContain(text)
    expect(audience.folder).toBe('')
  })
})
