import { describe, expect, it } from 'vitest'
import { sameExport, wantedExport } from '../../../src/domain/admission.ts'
import { mayReachStill } from '../../../src/domain/fencing.ts'
import { detached } from '../../../src/domain/attachment.ts'
import { instant as at } from '../../../src/domain/ids.ts'
import {
  a,
  after,
  b,
  back,
  c,
  clear,
  factText,
  forEveryHistory,
  forEveryStep,
  leaving,
  lose,
  publish,
  step,
  stateText,
  unpublish,
} from '../../support/attachment-model.ts'
import { lossesAreCountedUntilNobodyIsLetIn, stepLaws } from './step-laws.ts'

const alone = { access: 'exclusive' } as const

describe('a lost node', () => {
  it('A32 lets nobody in as long as it holds a seat', () => forEveryStep(stepLaws.lostHoldersLetNobodyIn))
  it('A32 is the reason why an exclusive volume is refused, not a pod to delete', () => {
    const { refusal } = after(publish(a, alone), lose(a), publish(b, alone))
    expect(refusal).toEqual({ kind: 'holder-lost', holders: [a] })
  })
  it('A32 lets another in as soon as its seat is cleared', () => {
    expect(stateText(after(publish(a, alone), lose(a), clear(a), publish(b, alone)).next)).toBe('exclusive b@1040')
  })
  it('A33 is not admitted itself', () => forEveryStep(stepLaws.lostHoldersAreNotAdmitted))
  it('A34 that is back keeps its seat and is admitted again', () => {
    forEveryStep(stepLaws.backIsAsIfNeverLost)
    const { next, refusal } = after(publish(a, alone), lose(a), back(a), publish(a, alone))
    expect([stateText(next), refusal]).toEqual(['exclusive a@1010', undefined])
    expect(wantedExport(next)).toEqual({ to: 'node', node: a })
  })
  it('A35 is never the source of a new migration', () => forEveryStep(stepLaws.lostNodesStartNoMigration))
  it('A36 is told alone when its seat is cleared', () => {
    forEveryStep(stepLaws.clearingIsToldAlone)
    const lost = after(publish(a), lose(a))
    expect(step(lost.next, clear(a), at(1050)).facts.map(factText)).toEqual(['cleared a after 40'])
  })
})

describe('the export', () => {
  it('A37 follows the attachment', () => {
    forEveryStep(stepLaws.exportFollowsAttachment)
    expect(wantedExport(detached)).toEqual({ to: 'nobody' })
    expect(wantedExport(after(publish(a, alone)).next)).toEqual({ to: 'node', node: a })
    expect(wantedExport(after(publish(a)).next)).toEqual({ to: 'any' })
    expect(wantedExport(after(publish(a), publish(b)).next)).toEqual({ to: 'any' })
    expect(wantedExport(after(publish(a), publish(b), unpublish(a)).next)).toEqual({ to: 'any' })
    expect(wantedExport(after(publish(a), unpublish(a)).next)).toEqual({ to: 'nobody' })
  })
  it('A38 is off while every holder is lost, of either kind of volume', () => {
    expect(wantedExport(after(publish(a, alone), lose(a)).next)).toEqual({ to: 'nobody' })
    expect(wantedExport(after(publish(a), lose(a)).next)).toEqual({ to: 'nobody' })
    expect(wantedExport(after(publish(a), publish(b), lose(a), lose(b)).next)).toEqual({ to: 'nobody' })
  })
  it('A38 stays on for the other holder, who would be cut off too', () => {
    expect(wantedExport(after(publish(a), publish(b), lose(a)).next)).toEqual({ to: 'any' })
    expect(wantedExport(after(publish(a), publish(b), lose(b)).next)).toEqual({ to: 'any' })
  })
  it('A39 does not change under a holder that stays', () => forEveryStep(stepLaws.liveExportsAreLeftAlone))
  it('A40 never moves from one host to another', () => forEveryStep(stepLaws.exportsNeverMoveBetweenHosts))
  it('A37 is compared with its node', () => {
    expect(sameExport({ to: 'node', node: a }, { to: 'node', node: a })).toBe(true)
    expect(sameExport({ to: 'node', node: a }, { to: 'node', node: b })).toBe(false)
    expect(sameExport({ to: 'node', node: a }, { to: 'any' })).toBe(false)
    expect(sameExport({ to: 'any' }, { to: 'node', node: a })).toBe(false)
    expect(sameExport({ to: 'any' }, { to: 'any' })).toBe(true)
    expect(sameExport({ to: 'nobody' }, { to: 'any' })).toBe(false)
    expect(sameExport({ to: 'nodes', nodes: [a, b] }, { to: 'nodes', nodes: [b, a] })).toBe(true)
    expect(sameExport({ to: 'nodes', nodes: [a, b] }, { to: 'nodes', nodes: [a, c] })).toBe(false)
    expect(sameExport({ to: 'nodes', nodes: [a, b] }, { to: 'node', node: a })).toBe(false)
  })
})

describe('an export that may be changed while it is live', () => {
  const narrow = { narrow: true, lists: false }
  const lists = { narrow: true, lists: true }

  it('A58 admits one holder alone, and two by a list or not at all by name', () => {
    forEveryStep(stepLaws.narrowedExportsFollowTheHolders)
    const [one, two] = [after(publish(a)).next, after(publish(a), publish(b)).next]
    for (const rule of [narrow, lists]) {
      expect(wantedExport(detached, rule)).toEqual({ to: 'nobody' })
      expect(wantedExport(one, rule)).toEqual({ to: 'node', node: a })
      expect(wantedExport(after(publish(a), publish(b), unpublish(a)).next, rule)).toEqual({ to: 'node', node: b })
      expect(wantedExport(after(publish(a, alone)).next, rule)).toEqual({ to: 'node', node: a })
    }
    expect(wantedExport(two, narrow)).toEqual({ to: 'any' })
    expect(wantedExport(two, lists)).toEqual({ to: 'nodes', nodes: [a, b] })
  })
  it('A58 admits a lost holder no more', () => {
    const lost = after(publish(a), publish(b), lose(a)).next
    for (const rule of [narrow, lists]) expect(wantedExport(lost, rule)).toEqual({ to: 'node', node: b })
    const all = after(publish(a), publish(b), lose(a), lose(b)).next
    expect(wantedExport(all, lists)).toEqual({ to: 'nobody' })
  })
})

describe('a volume that a lost node may reach still', () => {
  it('A60 is one that another node holds, beside it or since, without that its export was off', () => {
    expect(mayReachStill(after(publish(a), publish(b)).next)).toBe(false)
    expect(mayReachStill(after(publish(a), publish(b), lose(a)).next)).toBe(true)
    expect(mayReachStill(after(publish(a), publish(b), lose(a), clear(a)).next)).toBe(true)
    expect(mayReachStill(after(publish(a), publish(b), lose(a), clear(a), publish(c)).next)).toBe(true)
    expect(mayReachStill(after(publish(a), publish(b), lose(a), back(a)).next)).toBe(false)
    expect(mayReachStill(after(publish(a), publish(b), lose(a), lose(b)).next)).toBe(false)
    expect(mayReachStill(after(publish(a), lose(a), clear(a)).next)).toBe(false)
    expect(mayReachStill(after(publish(a), lose(a), clear(a), publish(b)).next)).toBe(false)
    expect(mayReachStill(after(publish(a, alone), lose(a)).next)).toBe(false)
  })
  it('A60 is never passed over, whatever happened, and never one that was not lost', () =>
    forEveryHistory(lossesAreCountedUntilNobodyIsLetIn))
})

describe('the fence', () => {
  it('A41 is armed by the loss of a holder of a migratable volume and stays so until the next export', () =>
    forEveryStep(stepLaws.lossesArmTheFence))
  it('A41 is armed whether the lost node is cleared, unpublished, or goes with every node', () => {
    for (const command of [clear(a), unpublish(a), unpublish('every-node')]) {
      expect(stateText(after(publish(a), lose(a), command).next)).toBe('detached armed')
    }
    expect(stateText(after(publish(a), publish(b), lose(a), clear(a)).next)).toBe('migratable b@1020 armed')
  })
  it('A41 outlives whole migrations', () => {
    const { next } = after(publish(a), publish(b), lose(a), clear(a), publish(c), unpublish(b), unpublish(c))
    expect(stateText(next)).toBe('detached armed')
  })
  it('A41 is not armed by an exclusive volume, whose export admits one host anyway', () => {
    expect(stateText(after(publish(a, alone), lose(a), clear(a)).next)).toBe('detached')
  })
  it('A42 admits the next holder alone, and refuses a second while that lasts', () => {
    forEveryStep(stepLaws.narrowExportsAdmitOneNode)
    forEveryStep(stepLaws.onlyAnArmedFenceGetsNarrow)
    const held = after(publish(a), lose(a), clear(a), publish(b))
    expect(stateText(held.next)).toBe('migratable b@1040 narrow')
    expect(wantedExport(held.next)).toEqual({ to: 'node', node: b })
    expect(step(held.next, publish(c), at(1050)).refusal).toEqual({ kind: 'fenced-to-holder', holders: [b] })
    const sharing = publish(c, { sharing: true })
    expect(step(held.next, sharing, at(1050)).refusal).toEqual({ kind: 'fenced-to-holder', holders: [b] })
    const going = step(held.next, leaving(b, 1045), at(1045)).next
    expect(step(going, publish(c), at(1050)).refusal).toEqual({ kind: 'fenced-to-holder', holders: [b] })
  })
  it('A42 is open again for the holder after that', () => {
    const { next } = after(publish(a), lose(a), clear(a), publish(b), unpublish(b), publish(c))
    expect([stateText(next), wantedExport(next)]).toEqual(['migratable c@1060', { to: 'any' }])
  })
})
