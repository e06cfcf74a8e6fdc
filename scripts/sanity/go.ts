import { chmodSync, globSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './command.ts'

/** A Go command with the environment that it needs. */
export interface Go {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

/** There is no Go here, and none could be installed. */
export class NoGo extends Error {
  override readonly name = 'NoGo'
}

/** The oldest that can build what `test/sanity/go.mod` names. */
const OLDEST = [1, 25] as const

/** The official toolchain as a Go module: https://go.dev/doc/toolchain. Sums as in Go's checksum database. */
const TOOLCHAIN = 'go1.26.8'
const SUMS: Readonly<Record<string, string>> = {
  amd64: 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=',
  arm64: 'h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=',
}

const architecture = process.arch === 'x64' ? 'amd64' : process.arch

/** `[1, 26]` for `go version go1.26.8 linux/amd64`; undefined where there is no Go. */
function versionOf({ command, env }: Go): readonly [number, number] | undefined {
  try {
    const match = /go version go(\d+)\.(\d+)/.exec(output(command, ['version'], { env }))
    return match === null ? undefined : [Number(match[1]), Number(match[2])]
  } catch {
    return undefined
  }
}

function isEnough([major, minor]: readonly [number, number]): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** Modules are not written executable; `go` sets this itself where it fetches a toolchain on its own. */
function allowRunning(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o555)
}

/** The official toolchain through the Go module proxy, by a Go that is too old to build with. */
function fetchToolchain(old: Go): Go {
  const module = `golang.org/toolchain@v0.0.1-${TOOLCHAIN}.linux-${architecture}`
  const env = { ...old.env, GOFLAGS: '-mod=mod' }
  const told = JSON.parse(output(old.command, ['mod', 'download', '-json', module], { env })) as {
    readonly Dir: string
    readonly Sum: string
  }
  if (told.Sum !== SUMS[architecture]) throw new Error(`${module} has the sum ${told.Sum}, which is not the known one`)
  allowRunning(join(told.Dir, 'bin'))
  allowRunning(join(told.Dir, 'pkg', 'tool'))
  return { command: join(told.Dir, 'bin', 'go'), env: { GOROOT: told.Dir, GOTOOLCHAIN: 'local' } }
}

/** Debian's or Ubuntu's Go, unpacked into `folder`: needs no root, and nothing on the machine is changed. */
function unpackDistributionGo(folder: string): Go {
  const name = /golang-[\d.]+-go/.exec(output('apt-cache', ['depends', 'golang-go']))?.[0]
  if (name === undefined) throw new Error('golang-go names no package with a version')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  output('apt-get', ['download', name], { cwd: folder })
  const [archive = ''] = globSync('*.deb', { cwd: folder })
  output('dpkg-deb', ['--extract', archive, '.'], { cwd: folder })
  const [goroot = ''] = globSync('usr/lib/go-*', { cwd: folder })
  return { command: join(folder, goroot, 'bin', 'go'), env: { GOROOT: join(folder, goroot), GOTOOLCHAIN: 'local' } }
}

/** Package lists are often absent in containers, where one is root. */
function installGo(folder: string): Go {
  try {
    return unpackDistributionGo(folder)
  } catch (error) {
    if (process.getuid?.() !== 0) throw error
    output('apt-get', ['update'])
    return unpackDistributionGo(folder)
  }
}

/** The machine's Go; where it has none, or too old a one, the official toolchain. Throws NoGo where that can't be had. */
export function findGo(cache: string): Go {
  const found: Go = { command: 'go', env: {} }
  const version = versionOf(found)
  if (version !== undefined && isEnough(version)) return found
  const folder = join(cache, 'go-of-the-distribution')
  try {
    return fetchToolchain(version === undefined ? installGo(folder) : found)
  } catch (error) {
    throw new NoGo(error instanceof Error ? error.message : String(error))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
