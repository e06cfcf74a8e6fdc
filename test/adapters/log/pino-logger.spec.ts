import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../../src/domain/errors.ts'
import { loggerWithLines } from './lines.ts'

describe('a JSON line', () => {
  it('has level by name, time in ISO 8601, message and the fields', () => {
    const { logger, last } = loggerWithLines()
    logger.warn('no answer', { volume: 'pvc-1', attempts: 3 })
    const { time, ...rest } = last()
    expect(rest).toEqual({ level: 'warn', msg: 'no answer', volume: 'pvc-1', attempts: 3 })
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('is written for the level asked for and above', () => {
    const { logger, lines } = loggerWithLines('warn')
    logger.debug('a')
    logger.info('b')
    logger.warn('c')
    logger.error('d')
    expect(lines.map(line => (JSON.parse(line) as { msg: string }).msg)).toEqual(['c', 'd'])
  })

  it('is one line, whatever the message holds', () => {
    const { logger, lines, last } = loggerWithLines()
    logger.info('first\n{"level":"error"} %s %d %', { name: 'a\nb' })
    expect(lines[0]?.trimEnd()).not.toContain('\n')
    expect(last()['msg']).toBe('first\n{"level":"error"} %s %d %')
  })

  it('keeps its own keys where fields have the same', () => {
    const { logger, last } = loggerWithLines()
    logger.info('real', { msg: 'false', level: 9, time: 0 })
    expect(last()).toMatchObject({ msg: 'real', level: 'info', msg_: 'false', level_: 9, time_: 0 })
  })
})

describe('an error in the fields', () => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', password: 'hunter2' })
  const error = Object.assign(new StorageError('unavailable', 'no answer', { cause }), {
    request: { secret: 'hunter2' },
  })

  it('is told by message, kind, code and cause, and by nothing that hangs on it', () => {
    const { logger, last, lines } = loggerWithLines()
    logger.error('failed', { err: error, deep: { why: error } })
    const told = {
      message: 'no answer',
      kind: 'unavailable',
      cause: { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    }
    expect(last()).toMatchObject({ err: told, deep: { why: told } })
    expect(last()['err']).toEqual(told)
    expect(lines[0]).not.toContain('hunter2')
  })

  it('has its stack when the level is debug', () => {
    const { logger, last } = loggerWithLines('debug')
    logger.error('failed', { err: error })
    expect((last()['err'] as { stack: string }).stack).toContain('pino-logger.spec.ts')
  })
})

describe('fields that JSON does not know', () => {
  it('are written all the same', () => {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle['self'] = circle
    const { logger, last } = loggerWithLines()
    logger.info('odd', {
      big: 2n ** 64n,
      bytes: Buffer.from('secret'),
      map: new Map([['a', 1n]]),
      set: new Set(['x']),
      when: new Date(0),
      never: new Date(Number.NaN),
      nothing: undefined,
      call: () => 1,
      circle,
      get trap(): string {
        throw new Error('no')
      },
    })
    expect(last()).toMatchObject({
      big: '18446744073709551616',
      bytes: '6 bytes',
      map: { a: '1' },
      set: ['x'],
      when: '1970-01-01T00:00:00.000Z',
      never: 'no date',
      call: '(function)',
      trap: '(cannot be read)',
    })
    expect(last()).not.toHaveProperty('nothing')
  })
})

describe('a text line', () => {
  it('reads from left to right', () => {
    const { logger, lines } = loggerWithLines('info', 'text')
    logger.info('volume created', { volume: 'pvc-1', bytes: 1024, why: 'asked for', holders: ['a'] })
    expect(lines[0]).toMatch(/^\S+Z info {2}volume created volume=pvc-1 bytes=1024 why="asked for" holders=\["a"\]\n$/)
  })

  it('lets nobody break it or steer the terminal', () => {
    const { logger, lines } = loggerWithLines('info', 'text')
    logger.info('a\n2026 error forged\u001b[31m', { name: 'x\ny\u009b' })
    expect(lines[0]).toContain('a\\u000a2026 error forged\\u001b[31m name="x\\ny\\u009b"')
    expect(lines[0]?.trimEnd()).not.toContain('\n')
  })
})

describe('standard output', () => {
  it('has every line when the process ends at once', () => {
    const script = `
      import { PinoLogger } from './src/adapters/log/pino-logger.ts'
      const logger = new PinoLogger({ level: 'info', format: 'json' })
      for (let n = 0; n < 200; n += 1) logger.info('line', { n })
      process.exit(1)`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(200)
  })
})
