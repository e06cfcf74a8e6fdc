/**
 * Runs the build stage of the Dockerfile without Docker: what it copies is copied into an empty folder, what it runs is
 * run there. Ends with 1 where a command fails or where what the images take is not there afterwards.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from './bundle.ts'
import { copied, type Instruction, parseDockerfile, type Stage } from './image/dockerfile.ts'

const isRoot = process.getuid?.() === 0

function run(command: string, folder: string): void {
  if (!isRoot && command.includes('setpriv')) {
    console.log(`left out, as it needs root: ${command}`)
    return
  }
  console.log(`> ${command}`)
  // The Node of the image's base stands for any: what matters comes from node_modules.
  const env = { ...process.env, npm_config_prefer_offline: 'true', npm_config_loglevel: 'error' }
  const { status } = spawnSync('/bin/sh', ['-ec', command], { cwd: folder, env, stdio: 'inherit' })
  if (status !== 0) throw new Error(`ended with ${status}: ${command}`)
}

function follow(instruction: Instruction, folder: string): void {
  if (instruction.name === 'RUN') run(instruction.value, folder)
  if (instruction.name !== 'COPY') return
  const { sources, destination } = copied(instruction)
  for (const source of sources) {
    const target = destination.endsWith('/') ? join(folder, destination, basename(source)) : join(folder, destination)
    cpSync(join(root, source), target, { recursive: true })
  }
}

/** What later stages take from the build, as paths from its working directory. */
function takenFrom(build: Stage, stages: readonly Stage[]): readonly string[] {
  const workdir = build.instructions.find(({ name }) => name === 'WORKDIR')?.value ?? '/'
  const copies = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'COPY').map(copied))
  const taken = copies.filter(({ from }) => from === build.name).flatMap(({ sources }) => sources)
  return taken.map(path => path.replace(`${workdir}/`, ''))
}

/** Whether the image's Node takes the compile cache as the user that it will run as; a user id of 0 is that of the node. */
function takesCache(folder: string, uid: number): boolean {
  const { stderr, stdout } = spawnSync(
    'dist/node',
    ['--max-semi-space-size=2', '--max-old-space-size=192', 'dist/rds-csi.cjs', 'version'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { NODE_COMPILE_CACHE: join(folder, 'dist', 'compile-cache'), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
      ...(isRoot ? { uid, gid: uid } : {}),
    },
  )
  const taken = `${stdout}${stderr}`.includes('rds-csi.cjs was accepted')
  console.log(`the compile cache ${taken ? 'is' : 'IS NOT'} taken by user ${uid}`)
  return taken
}

const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
const [build] = stages
if (build === undefined) throw new Error('the Dockerfile has no stage')
const folder = mkdtempSync(join(tmpdir(), 'rds-csi-image-'))
try {
  chmodSync(folder, 0o755)
  for (const instruction of build.instructions) follow(instruction, folder)
  const absent = takenFrom(build, stages).filter(path => !existsSync(join(folder, path)))
  for (const path of absent) console.error(`the build leaves no ${path}`)
  const users = isRoot ? [0, 65532] : [process.getuid?.() ?? 0]
  const refused = users.filter(uid => !takesCache(folder, uid))
  if (absent.length > 0 || refused.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
