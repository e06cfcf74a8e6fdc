import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Program, ProgramEnded } from '../../src/demo/processes.ts'

const { signal } = new AbortController()

async function start(script: string): Promise<{ readonly program: Program; readonly log: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rds-c-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const log = join(folder, 'log')
  const program = new Program('child', log, { command: process.execPath, args: ['-e', script], env: process.env })
  onTestFinished(() => program.kill())
  return { program, log }
}

const WAITS = 'setInterval(() => {}, 1000); console.log("up")'

describe('a program that was started', () => {
  it('is heard line by line, and all that it wrote is in its log', async () => {
    const { program, log } = await start('console.log("one"); console.error("two"); console.log("three")')
    expect(await program.line(line => (line.startsWith('t') ? line : undefined), signal)).toMatch(/^t/)
    expect(await program.ended).toBe(0)
    expect(program.lines.toSorted()).toEqual(['one', 'three', 'two'])
    expect((await readFile(log, 'utf8')).split('\n').toSorted()).toEqual(['', 'one', 'three', 'two'])
  })

  it('is found to have ended by whoever waits for it', async () => {
    const { program } = await start('console.log("last words"); process.exitCode = 3')
    const waiting = program.line(line => (line === 'never' ? line : undefined), signal)
    await expect(waiting).rejects.toThrow(
      new ProgramEnded('the program "child" ended (3); its log ends with:\nlast words'),
    )
    await expect(program.unwantedEnd()).rejects.toThrow(ProgramEnded)
  })

  it('ends by SIGTERM when it is stopped, and that was wanted', async () => {
    const { program } = await start(`process.on('SIGTERM', () => process.exit(0)); ${WAITS}`)
    await program.line(line => line, signal)
    const unwanted = program.unwantedEnd()
    expect(await program.stop()).toBe(0)
    expect(await Promise.race([unwanted, Promise.resolve('still waiting')])).toBe('still waiting')
  })

  it('can be killed', async () => {
    const { program } = await start(`process.on('SIGTERM', () => {}); ${WAITS}`)
    await program.line(line => line, signal)
    await program.kill()
    expect(await program.ended).toBe('SIGKILL')
  })

  it('is not waited for once the signal has aborted', async () => {
    const { program } = await start(WAITS)
    const given = new AbortController()
    const waiting = program.line(line => (line === 'never' ? line : undefined), given.signal)
    given.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  it('that is not there is told as one that could not be started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rds-c-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const program = new Program('child', join(folder, 'log'), { command: '/nowhere', args: [], env: {} })
    expect(await program.ended).toBe('could not be started: spawn /nowhere ENOENT')
    expect(await program.stop()).toBe('could not be started: spawn /nowhere ENOENT')
  })
})
