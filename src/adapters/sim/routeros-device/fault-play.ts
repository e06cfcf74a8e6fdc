import type { Outcome } from './command.ts'
import type { Ending, Work } from './command-runner.ts'
import type { Fault } from './faults.ts'
import { Trap } from './trap.ts'

/** What a runner can do with a command that a fault has struck. */
export interface Stage {
  /** The command as it should be; `before` is done between its wait and its effect. */
  work(work: Work, before?: () => void | Promise<void>): Promise<Outcome>
  /** The wait that comes before the command's effect, in turn with those of others. */
  wait(work: Work): Promise<void>
  pause(ms: number, signal: AbortSignal): Promise<void>
  powerOff(): void
}

/** Plays a fault on a command. Rejects as the command itself does. */
export function playFault(fault: Fault, work: Work, stage: Stage): Promise<Ending> {
  return fault.kind === 'dropBefore' || fault.kind === 'hang' || fault.kind === 'trap'
    ? withoutEffect(fault, work, stage)
    : withEffect(fault, work, stage)
}

type WithoutEffect = Extract<Fault, { kind: 'dropBefore' | 'hang' | 'trap' }>

async function withoutEffect(fault: WithoutEffect, work: Work, stage: Stage): Promise<Ending> {
  switch (fault.kind) {
    case 'dropBefore':
      return { drop: fault.reset === true ? 'reset' : 'end' }
    case 'hang':
      return never(work.signal)
    case 'trap':
      await stage.wait(work)
      throw new Trap(fault.message, fault.category)
  }
}

async function withEffect(fault: Exclude<Fault, WithoutEffect>, work: Work, stage: Stage): Promise<Ending> {
  switch (fault.kind) {
    case 'loseReply':
      await whole(work, stage)
      return { drop: 'end' }
    case 'delayReply': {
      const outcome = await stage.work(work)
      await stage.pause(fault.ms, work.signal)
      return { outcome }
    }
    case 'ignoreCancel':
      await fault.until
      return { outcome: await stage.work({ ...work, signal: work.life }) }
    case 'duplicate':
      return { outcome: await twice(work, fault.answer, stage) }
    case 'die':
      await (fault.when === 'after' ? whole(work, stage) : stage.wait(work))
      stage.powerOff()
      return { drop: 'reset' }
    case 'watch':
      return { outcome: await watched(work, fault, stage) }
  }
}

/** Does a command to the end of its rows, for nobody. A refusal is as good as any other end. */
async function whole(work: Work, stage: Stage): Promise<void> {
  try {
    const outcome = await stage.work(work)
    if ('stream' in outcome) for await (const row of outcome.stream) void row
  } catch (error) {
    if (!(error instanceof Trap)) throw error
  }
}

/** Of two that are both refused, or both succeed, it makes no difference which one is answered. */
async function twice(work: Work, answer: 'first' | 'second', stage: Stage): Promise<Outcome> {
  if (answer === 'second') {
    await whole(work, stage)
    return stage.work(work)
  }
  const outcome = await stage.work(work)
  await whole(work, stage)
  return outcome
}

async function watched(
  work: Work,
  { before, after }: Extract<Fault, { kind: 'watch' }>,
  stage: Stage,
): Promise<Outcome> {
  try {
    return await stage.work(work, () => before?.(work.command))
  } finally {
    await after?.(work.command)
  }
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
