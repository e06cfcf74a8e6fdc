import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/bundle.ts'
import { copied, type Instruction, parseDockerfile, type Stage } from '../../scripts/image/dockerfile.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const stages = parseDockerfile(read('Dockerfile'))
const build = stages[0]!
const shipped = stages.slice(1)
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}

const all = (stage: Stage, name: string): readonly Instruction[] =>
  stage.instructions.filter(each => each.name === name)
const last = (stage: Stage, name: string): Instruction | undefined => all(stage, name).at(-1)
const commands = (stage: Stage): readonly string[] =>
  all(stage, 'RUN').flatMap(({ value }) => value.split('&&').map(command => command.trim()))

/** Each image ships its own half of the driver. */
const bundleOf = (stage: string | undefined) => `/opt/rds-csi/dist/rds-csi${stage === 'node' ? '-node' : ''}.cjs`

describe('the Dockerfile', () => {
  test('has a build stage and one image for each program', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', 'controller', 'node'])
  })

  test('begins each stage with an image of a named release', () => {
    for (const { base } of stages) {
      expect(base).toMatch(/^[a-z0-9./-]+:[a-z0-9.-]+$/)
      expect(base).not.toMatch(/:(?:latest|stable|testing|lts|current)$/)
    }
    expect(shipped.every(({ base }) => /trixie|debian13/.test(base))).toBe(true)
  })

  test('builds under the Node that the project locks', () => {
    const locked = new Set(Object.values(manifest.optionalDependencies))
    expect([...locked]).toEqual([/^node:([0-9.]+)-/.exec(build.base)?.[1]])
  })

  test('installs what is locked, without install scripts, and builds by npm scripts alone', () => {
    expect(commands(build)[0]).toBe('npm ci --ignore-scripts')
    const scripts = commands(build).flatMap(command => /(?:npm run|--run) ([a-z:]+)$/.exec(command)?.[1] ?? [])
    expect(scripts).toEqual(['build', 'prime'])
    for (const script of scripts) expect(manifest.scripts).toHaveProperty([script])
    const tools = commands(build).map(command => command.split(' ')[0])
    expect(new Set(tools)).toEqual(new Set(['npm', 'chown', 'setpriv', 'chmod', 'cp']))
  })

  test('copies files that exist and that .dockerignore lets through', () => {
    const ignore = read('.dockerignore').split('\n')
    const sources = all(build, 'COPY').flatMap(instruction => copied(instruction).sources)
    expect(ignore.find(line => !line.startsWith('#'))).toBe('*')
    for (const source of sources) {
      expect(existsSync(join(root, source)), source).toBe(true)
      expect(ignore).toContain(`!${source}`)
    }
  })

  test('ships the driver, its compile cache and Node, and nothing simulated', () => {
    for (const stage of shipped) {
      const taken = all(stage, 'COPY').map(copied)
      expect(taken.every(({ from }) => from === 'build')).toBe(true)
      expect(taken.flatMap(({ sources }) => sources)).toEqual([
        '/opt/rds-csi/dist/node',
        bundleOf(stage.name),
        '/opt/rds-csi/dist/compile-cache',
      ])
    }
  })

  test('leaves the bundle and its cache where they were built, as the cache is for that path', () => {
    const workdir = last(build, 'WORKDIR')?.value
    for (const stage of shipped)
      for (const { sources, destination } of all(stage, 'COPY').map(copied).slice(1)) {
        expect(sources).toEqual([destination])
        expect(destination.startsWith(`${workdir}/`)).toBe(true)
      }
    for (const stage of shipped)
      expect(last(stage, 'ENV')?.value).toBe(`NODE_COMPILE_CACHE=${workdir}/dist/compile-cache`)
  })

  test('starts as the launcher does', () => {
    const flags = /^exec node (.*) "\$program" "\$@"$/m.exec(read('bin/rds-csi'))?.[1]?.split(' ') ?? []
    expect(flags).toContain('--max-semi-space-size=2')
    for (const stage of shipped) {
      const entrypoint = JSON.parse(last(stage, 'ENTRYPOINT')?.value ?? '[]') as readonly string[]
      expect(entrypoint).toEqual(['/usr/local/bin/node', ...flags, bundleOf(stage.name)])
      expect(JSON.parse(last(stage, 'CMD')?.value ?? '[]')).toEqual([stage.name])
    }
  })

  test('runs as root only where a comment says why', () => {
    for (const stage of shipped) {
      const user = last(stage, 'USER')
      expect(user?.value).toMatch(/^\d+:\d+$/)
      if (user?.value.startsWith('0:')) expect(user.comment).toMatch(/^Root: .{20}/)
    }
    expect(shipped.map(stage => last(stage, 'USER')?.value)).toEqual(['65532:65532', '0:0'])
  })

  test('makes a compile cache as each user that needs one', () => {
    const users = commands(build).flatMap(command => /--reuid=(\d+)/.exec(command)?.[1] ?? [])
    expect(users).toEqual(['65532'])
  })

  test('installs packages without recommended ones and leaves no package lists', () => {
    const [command = ''] = all(shipped[1]!, 'RUN').map(({ value }) => value)
    expect(command).toMatch(/apt-get install --yes --no-install-recommends e2fsprogs nvme-cli util-linux xfsprogs/)
    expect(command).toMatch(/rm -rf \/var\/lib\/apt\/lists\/\*$/)
    expect(all(shipped[0]!, 'RUN')).toEqual([])
  })
})

describe('parseDockerfile', () => {
  test('joins continued lines and keeps the comment above', () => {
    const [stage] = parseDockerfile('FROM a:1 AS b\n\n# why\n# so\nRUN x \\\n && y\nUSER 0\n')
    expect(stage).toEqual({
      name: 'b',
      base: 'a:1',
      instructions: [
        { name: 'RUN', value: 'x   && y', comment: 'why so' },
        { name: 'USER', value: '0', comment: '' },
      ],
    })
  })

  test('refuses what is no instruction, and one without a stage', () => {
    expect(() => parseDockerfile('FROM a:1\n&& y')).toThrow('no instruction')
    expect(() => parseDockerfile('RUN x')).toThrow('before the first FROM')
  })
})
