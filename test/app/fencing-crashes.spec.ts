import { describe, expect, it } from 'vitest'
import type { StorageError } from '../../src/domain/errors.ts'
import type { FencingMode } from '../../src/domain/fencing.ts'
import type { NodeId } from '../../src/domain/ids.ts'
import {
  type ControllerHouse,
  GRACE,
  livingHouse,
  migratable,
  NODE_A,
  NODE_B,
  NODE_C,
  VOLUME,
} from '../support/controller-house.ts'

/** A process that is killed around any command to the appliance, and the one that takes its place. */
const MODES: readonly FencingMode[] = ['export', 'narrow', 'firewall']
const FIRST_COMMANDS = 5
const TRIES = 8
const ADDRESSES = new Map([
  [NODE_A, '10.0.0.1'],
  [NODE_B, '10.0.0.2'],
  [NODE_C, '10.0.0.3'],
])

async function persist<T>(house: ControllerHouse, call: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await call()
    } catch (error) {
      if (left === 0 || (error as StorageError).kind === 'unavailable') throw error
      await house.clock.advance(250)
    }
  }
}

/** What sidecars do: they call until it succeeds, and then the cluster says so. */
async function attach(house: ControllerHouse, node: NodeId): Promise<void> {
  const { attachedAt } = await persist(house, () => house.publish(node, migratable))
  house.cluster.put(house.record(node, attachedAt))
  await house.clock.advance(1000)
}
async function detach(house: ControllerHouse, node: NodeId): Promise<void> {
  const record = house.cluster.attachments().find(one => one.node === node)
  if (record !== undefined && record.leaving === undefined) {
    house.cluster.put({ ...record, leaving: house.clock.now() })
  }
  await persist(house, () => house.unpublish(node))
  const last = house.cluster.attachments().find(one => one.node === node)
  if (last !== undefined) house.cluster.delete(last)
  await house.clock.advance(1000)
}
async function lose(house: ControllerHouse, node: NodeId): Promise<void> {
  house.cluster.removeNode(node)
  await house.clock.advance(GRACE + 6000)
}

interface Story {
  readonly before: readonly ((house: ControllerHouse) => Promise<void>)[]
  readonly step: (house: ControllerHouse) => Promise<void>
  /** Somebody holds the volume all the time: no session of its ends. */
  readonly holds: boolean
}

const STORIES: Readonly<Record<string, Story>> = {
  'the first publish': { before: [], step: house => attach(house, NODE_A), holds: false },
  'the second publish': { before: [house => attach(house, NODE_A)], step: house => attach(house, NODE_B), holds: true },
  'the departure of the source': {
    before: [house => attach(house, NODE_A), house => attach(house, NODE_B)],
    step: house => detach(house, NODE_A),
    holds: true,
  },
  'the last unpublish': {
    before: [house => attach(house, NODE_A)],
    step: house => detach(house, NODE_A),
    holds: false,
  },
  'the loss of the only holder': {
    before: [house => attach(house, NODE_A)],
    step: house => lose(house, NODE_A),
    holds: false,
  },
  'the loss of one of two holders': {
    before: [house => attach(house, NODE_A), house => attach(house, NODE_B)],
    step: house => lose(house, NODE_A),
    holds: true,
  },
  'the first publish after a loss': {
    before: [house => attach(house, NODE_A), house => lose(house, NODE_A)],
    step: house => attach(house, NODE_C),
    holds: false,
  },
}

async function houseBefore(mode: FencingMode, { before }: Story): Promise<ControllerHouse> {
  const house = await livingHouse({ settings: { fencing: mode } })
  house.describe('migratable')
  if (mode === 'firewall') house.appliance.firewall = new Map()
  for (const [node, address] of ADDRESSES) house.cluster.place(node, address)
  const again = await house.restart()
  for (const step of before) await step(again)
  return again
}

const cuts = (house: ControllerHouse): number => house.appliance.disks.get(VOLUME)?.cuts ?? 0
const endState = (house: ControllerHouse) => ({
  admitted: house.appliance.admittedTo(VOLUME),
  through: [...(house.appliance.firewall?.get(VOLUME)?.keys() ?? [])],
  holders: [NODE_A, NODE_B, NODE_C].filter(node => house.registry.heldBy(node).length > 0),
})

/** What lost nodes leave in the cluster is cleared by others, sooner or later; here it stays. */
async function settled(house: ControllerHouse): Promise<unknown> {
  await house.clock.advance(3 * GRACE)
  return endState(house)
}

describe.each(MODES)('with --fencing=%s a crash', mode => {
  it.each(Object.entries(STORIES))('around any command of %s changes nothing in the end', async (_, story) => {
    const undisturbed = await houseBefore(mode, story)
    await story.step(undisturbed)
    const wanted = await settled(undisturbed)
    const wantedCuts = cuts(undisturbed)
    for (const effect of ['done', 'undone'] as const) {
      for (let skip = 0; skip < FIRST_COMMANDS; skip += 1) {
        const former = await houseBefore(mode, story)
        former.appliance.link.breakAfter(skip, effect)
        await story.step(former).catch(() => undefined)
        await former.stop()
        former.appliance.link.restore()
        const house = await former.restart()
        await story.step(house)
        expect({ skip, effect, end: await settled(house) }).toEqual({ skip, effect, end: wanted })
        if (story.holds) expect(cuts(house)).toBe(wantedCuts)
      }
    }
  })
})
