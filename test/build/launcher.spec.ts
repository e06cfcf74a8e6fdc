import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../../scripts/bundle.ts'

/** A folder as an installed one: the launcher and two bundles that tell how they were started. */
const ECHO = (name: string): string => `
  const { argv, execArgv, env, pid, version } = process
  if (argv[3] === 'stay') { const wait = setInterval(() => 0, 1000); process.once('SIGTERM', () => { clearInterval(wait); process.exitCode = 42 }) }
  console.log(JSON.stringify({ name: '${name}', args: argv.slice(2), flags: execArgv, cache: env.NODE_COMPILE_CACHE, pid, version }))
  if (argv[3] === 'fail') process.exitCode = 7
`

interface Told {
  readonly name: string
  readonly args: readonly string[]
  readonly flags: readonly string[]
  readonly cache: string
  readonly pid: number
  readonly version: string
}

describe('the launcher', () => {
  let folder = ''
  let launcher = ''
  const started: ChildProcess[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rds-csi launcher-'))
    for (const part of ['bin', 'dist', 'node_modules']) mkdirSync(join(folder, part))
    launcher = join(folder, 'bin', 'rds-csi')
    cpSync(join(root, 'bin', 'rds-csi'), launcher)
    symlinkSync(join(root, 'node_modules', '.bin'), join(folder, 'node_modules', '.bin'))
    for (const name of ['rds-csi', 'rds-csi-node', 'simulators'])
      writeFileSync(join(folder, 'dist', `${name}.cjs`), ECHO(name))
  })

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const environment = (extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
    const { NODE_COMPILE_CACHE: _cache, RDS_CSI_HOST: _host, ...rest } = process.env
    return { ...rest, ...extra }
  }
  const start = (command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Told =>
    JSON.parse(execFileSync(command, [...args], { encoding: 'utf8', env: environment(env) })) as Told

  test('starts the node from a bundle of its own', () => {
    expect(start(launcher, ['node', '--node-id=a'])).toMatchObject({
      name: 'rds-csi-node',
      args: ['node', '--node-id=a'],
    })
  })

  for (const command of ['controller', 'version', 'help', 'unknown'])
    test(`starts the driver for ${command}`, () => {
      const told = start(launcher, [command, '--a=b c', '$HOME'])
      expect(told).toMatchObject({ name: 'rds-csi', args: [command, '--a=b c', '$HOME'] })
    })

  for (const command of ['simulate-device', 'simulate-cluster', 'demo'])
    test(`starts the simulators for ${command}`, () => {
      expect(start(launcher, [command])).toMatchObject({ name: 'simulators', args: [command] })
    })

  test('starts the simulators for a node on a simulated host', () => {
    expect(start(launcher, ['node', '--node-id=a', '--host=simulated']).name).toBe('simulators')
    expect(start(launcher, ['node', '--node-id=a'], { RDS_CSI_HOST: 'simulated' }).name).toBe('simulators')
    expect(start(launcher, ['controller'], { RDS_CSI_HOST: 'simulated' }).name).toBe('rds-csi')
  })

  test('starts the driver without arguments, which then shows its help', () => {
    expect(start(launcher, [])).toMatchObject({ name: 'rds-csi', args: [] })
  })

  test("starts the project's Node with small young generations and a compile cache", () => {
    const told = start(launcher, ['version'])
    expect(told.flags).toEqual(['--max-semi-space-size=2', '--max-old-space-size=192'])
    expect(told.cache).toBe(join(folder, 'dist', 'compile-cache'))
    expect(Number(/^v(\d+)/.exec(told.version)?.[1])).toBeGreaterThanOrEqual(24)
  })

  test('leaves a compile cache to whoever chose one', () => {
    expect(start(launcher, ['version'], { NODE_COMPILE_CACHE: '' }).cache).toBe('')
  })

  test('is found through symbolic links', () => {
    const link = join(folder, 'link')
    symlinkSync('bin/rds-csi', link)
    symlinkSync(link, join(folder, 'dist', 'second'))
    expect(start(join(folder, 'dist', 'second'), ['version']).name).toBe('rds-csi')
  })

  test('becomes the program: its process id, its signals and its exit code', async () => {
    const child = spawn(launcher, ['controller', 'stay'], { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] })
    started.push(child)
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    expect((JSON.parse(line) as Told).pid).toBe(child.pid)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([42, null])
    expect(spawnSync(launcher, ['controller', 'fail'], { env: environment() }).status).toBe(7)
  })

  describe('in a checkout', () => {
    beforeEach(() => {
      for (const part of ['src', 'scripts']) mkdirSync(join(folder, part))
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
      writeFileSync(join(folder, 'scripts', 'setup.sh'), 'echo setup >> "$(dirname "$0")/log"')
      const build = "import fs from 'node:fs'; fs.appendFileSync(import.meta.dirname + '/log', 'build\\n')\n"
      const touch =
        "for (const n of ['rds-csi', 'simulators']) fs.utimesSync(import.meta.dirname + `/../dist/${n}.cjs`, new Date(), new Date())"
      writeFileSync(join(folder, 'scripts', 'build.ts'), build + touch)
      const past = new Date(Date.now() - 60_000)
      execFileSync('touch', [
        '-d',
        past.toISOString(),
        ...['src', 'scripts/build.ts', 'package.json'].map(path => join(folder, path)),
      ])
    })

    const log = (): readonly string[] =>
      readFileSync(join(folder, 'scripts', 'log'), 'utf8')
        .trim()
        .split('\n')

    test('sets up and builds nothing where all is up to date', () => {
      start(launcher, ['version'])
      expect(log()).toEqual(['setup'])
    })

    test('builds where a source file is newer, or gone', () => {
      writeFileSync(join(folder, 'src', 'a.ts'), '')
      execFileSync('touch', ['-d', new Date(Date.now() + 2000).toISOString(), join(folder, 'src', 'a.ts')])
      expect(start(launcher, ['version']).name).toBe('rds-csi')
      expect(log()).toEqual(['setup', 'build'])
    })

    test('builds nothing where it is told so', () => {
      rmSync(join(folder, 'src'), { recursive: true })
      expect(start(launcher, ['version'], { RDS_CSI_REBUILD: 'no' }).name).toBe('rds-csi')
    })
  })
})

describe('the set-up', () => {
  let folder = ''
  const setup = (path: string): ReturnType<typeof spawnSync> =>
    spawnSync('/bin/sh', [join(folder, 'scripts', 'setup.sh')], { encoding: 'utf8', env: { PATH: path } })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rds-csi-setup-'))
    for (const part of ['scripts', 'tools']) mkdirSync(join(folder, part))
    cpSync(join(root, 'scripts', 'setup.sh'), join(folder, 'scripts', 'setup.sh'))
    writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion":3}')
  })

  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const npmThatInstalls = (): void => {
    const npm = join(folder, 'tools', 'npm')
    writeFileSync(
      npm,
      `#!/bin/sh\necho "$@" >> "${folder}/npm.log"\nmkdir -p node_modules/.bin\nln -sf "${process.execPath}" node_modules/.bin/node\n`,
    )
    chmodSync(npm, 0o755)
  }

  test('says that npm is needed where it is missing', () => {
    for (const tool of ['sh', 'dirname', 'cmp', 'find'])
      symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(folder, 'tools', tool))
    const { status, stderr } = setup(join(folder, 'tools'))
    expect(status).toBe(1)
    expect(stderr).toContain('npm is needed once')
  })

  test('installs what is locked, without scripts, and then does nothing until the lock file changes', () => {
    npmThatInstalls()
    const path = `${join(folder, 'tools')}:/usr/bin:/bin`
    const runs = (): number => readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n').length
    expect(setup(path).status).toBe(0)
    expect(readFileSync(join(folder, 'npm.log'), 'utf8')).toMatch(/^ci --ignore-scripts/)
    expect(setup(path).status).toBe(0)
    expect(runs()).toBe(1)
    writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion":3,"packages":{}}')
    expect(setup(path).status).toBe(0)
    expect(runs()).toBe(2)
  })

  test('accepts what was installed by hand', () => {
    npmThatInstalls()
    mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true })
    symlinkSync(process.execPath, join(folder, 'node_modules', '.bin', 'node'))
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), '{}')
    execFileSync('touch', [
      '-d',
      new Date(Date.now() + 2000).toISOString(),
      join(folder, 'node_modules', '.package-lock.json'),
    ])
    expect(setup(`${join(folder, 'tools')}:/usr/bin:/bin`).status).toBe(0)
    expect(() => readFileSync(join(folder, 'npm.log'))).toThrow('ENOENT')
  })
})
