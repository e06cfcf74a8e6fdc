import { Container } from 'inversify'
import { describe, expect, it } from 'vitest'
import { AuditLog } from '../../../src/adapters/log/audit-log.ts'
import { logModule } from '../../../src/adapters/log/log.module.ts'
import { type FactSink, FactListener } from '../../../src/ports/fact-sink.ts'
import { Logger } from '../../../src/ports/logger.ts'
import { aboutFact, factSinkContract, SAMPLE_FACTS } from '../../contracts/fact-sink.contract.ts'
import { loggerWithLines } from './lines.ts'

factSinkContract('audit log', async () => {
  const { logger, lines } = loggerWithLines()
  return {
    sink: new AuditLog(logger),
    seen: async () => lines.join(''),
    silent: [],
    close: async () => undefined,
  }
})

describe('the audit line', () => {
  it('says what happened to which volume, who holds it and how long it took', () => {
    const { logger, last } = loggerWithLines()
    const about = aboutFact()
    new AuditLog(logger).publish(SAMPLE_FACTS['migration-started'], about)
    expect(last()).toMatchObject({
      level: 'info',
      msg: 'fact: migration-started',
      volume: about.volume,
      took: 120,
      holders: [{ node: 'node-a' }],
      fact: { type: 'migration-started', source: 'node-a', target: 'node-b', timeout: 300_000 },
    })
  })

  it('is written by what the module binds', () => {
    const lines: string[] = []
    const container = new Container()
    container.load(logModule({ level: 'info', format: 'text', stream: { write: line => void lines.push(line) } }))
    for (const sink of container.getAll<FactSink>(FactListener)) sink.publish(SAMPLE_FACTS.attached, aboutFact())
    container.get<Logger>(Logger).info('started')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain('fact: attached volume=pvc-11111111')
  })
})
