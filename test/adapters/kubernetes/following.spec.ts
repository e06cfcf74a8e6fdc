import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Millis } from '../../../src/domain/ids.ts'
import { persistentVolume, VOLUME, volumeAttachment } from './objects.ts'
import { HastyClock, openRig, type Rig, until } from './rig.ts'

/** Every pause lasts until it is ended. */
class PatientClock extends HastyClock {
  override sleep(_: Millis, signal: AbortSignal): Promise<void> {
    return super.sleep(60_000, signal)
  }
}

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
  rig.server.store.put('persistentvolumes', persistentVolume())
})
afterEach(() => rig.close())

const attach = (name: string) => rig.server.store.put('volumeattachments', volumeAttachment({ name }))
const names = () => rig.cluster.attachments().map(({ name }) => name)
const lists = () => rig.server.faults.requestsOf({ verb: 'list', resource: 'volumeattachments' })
const watches = () => rig.server.faults.requestsOf({ verb: 'watch', resource: 'volumeattachments' })
const watching = () => until('it watches', () => rig.server.faults.openWatches({ resource: 'volumeattachments' }) === 1)

describe('the list', () => {
  it('comes in pages of 500', async () => {
    for (let index = 0; index < 1100; index += 1) attach(`csi-${index}`)
    await rig.start()
    expect(names()).toHaveLength(1100)
    expect(lists().map(({ query }) => [query['limit'], query['continue'] !== undefined])).toEqual([
      ['500', false],
      ['500', true],
      ['500', true],
    ])
  })

  it('is asked for in one piece after its pages went stale', async () => {
    for (let index = 0; index < 600; index += 1) attach(`csi-${index}`)
    rig.server.faults.add({
      verb: 'list',
      resource: 'volumeattachments',
      fault: { kind: 'delay', millis: 0 },
      times: 1,
    })
    const fault = { kind: 'status', code: 410, reason: 'Expired' } as const
    rig.server.faults.add({ verb: 'list', resource: 'volumeattachments', fault, times: 1 })
    await rig.start()
    expect(names()).toHaveLength(600)
    expect(lists().map(({ query }) => query['limit'])).toEqual(['500', '500', undefined])
  })

  it.each([
    { kind: 'status', code: 503, reason: 'ServiceUnavailable' },
    { kind: 'status', code: 429, reason: 'TooManyRequests' },
    { kind: 'status', code: 403, reason: 'Forbidden' },
    { kind: 'reset' },
    { kind: 'lose-reply' },
  ] as const)('is tried again after $kind $code, and the start waits for it', async fault => {
    attach('one')
    rig.server.faults.add({ verb: 'list', fault, times: 6 })
    await rig.start()
    expect(names()).toEqual(['one'])
    expect(rig.log.lines.filter(line => line.level === 'warn').length).toBeGreaterThanOrEqual(6)
  })

  it('that hangs holds the start up without holding its end up', async () => {
    rig.server.faults.add({ verb: 'list', fault: { kind: 'hang' } })
    const stop = new AbortController()
    const starting = rig.replica().cluster.start(stop.signal)
    await until('it hangs', () => lists().length > 0)
    stop.abort(new Error('enough'))
    await expect(starting).rejects.toThrow('enough')
  })
})

describe('the watch', () => {
  it('resumes after a reset where it was, without a new list', async () => {
    await rig.start()
    await watching()
    expect(rig.server.faults.resetWatches()).toBe(3)
    attach('missed')
    await until('it is seen', () => names().includes('missed'))
    expect(rig.changes.filter(({ type }) => type === 'attachment-seen')).toHaveLength(1)
    expect(lists()).toHaveLength(1)
    expect(watches()).toHaveLength(2)
  })

  it.each([503, 429, 500])('comes back after refusals with %i', async code => {
    await rig.start()
    await watching()
    rig.server.faults.add({ verb: 'watch', fault: { kind: 'status', code }, times: 9 })
    rig.server.faults.resetWatches()
    attach('missed')
    await until('it is seen', () => names().includes('missed'))
    expect(lists()).toHaveLength(1)
  })

  it('lists again after 410 and tells what vanished and came meanwhile', async () => {
    const kept = attach('kept')
    attach('gone')
    await rig.start()
    await watching()
    const end = rig.server.faults.add({ verb: 'watch', fault: { kind: 'reset' } })
    rig.server.faults.resetWatches()
    rig.server.store.remove('volumeattachments', 'gone')
    rig.server.store.remove('nodes', 'node-c')
    attach('new')
    rig.server.faults.forgetHistory()
    end()
    await until('it is complete again', () => names().includes('new') && rig.changes.length === 3)
    expect(names().toSorted()).toEqual(['kept', 'new'])
    expect(rig.cluster.attachments().find(({ name }) => name === 'kept')?.uid).toBe(kept.metadata.uid)
    const told = rig.changes.map(change => ('record' in change ? `${change.type} ${change.record.name}` : change.type))
    expect(told.toSorted()).toEqual(['attachment-seen new', 'attachment-vanished gone', 'node-gone'])
    expect(lists()).toHaveLength(2)
  })

  it('takes a new object of the same name for another one, though it has seen only a new list', async () => {
    const first = attach('one')
    await rig.start()
    await watching()
    const end = rig.server.faults.add({ verb: 'watch', fault: { kind: 'reset' } })
    rig.server.faults.resetWatches()
    rig.server.store.remove('volumeattachments', 'one')
    const second = attach('one')
    rig.server.faults.forgetHistory()
    end()
    await until('both are told', () => rig.changes.length === 2)
    expect(rig.changes).toMatchObject([
      { type: 'attachment-vanished', record: { uid: first.metadata.uid } },
      { type: 'attachment-seen', record: { uid: second.metadata.uid } },
    ])
  })

  it('goes on from the last bookmark', async () => {
    await rig.close()
    rig = await openRig({ bookmarkMillis: 5 })
    await rig.start()
    await watching()
    const [first] = watches()
    rig.server.store.put('persistentvolumes', persistentVolume())
    await until('others changed', () => rig.cluster.volume(VOLUME) !== undefined)
    let patience = 10
    await until('it resumes from a later version', async () => {
      await watching()
      await new Promise(resolve => setTimeout(resolve, patience)) // a bookmark has to come through first
      patience *= 2
      rig.server.faults.resetWatches({ resource: 'volumeattachments' })
      const last = watches().at(-1)
      return Number(last?.query['resourceVersion']) > Number(first?.query['resourceVersion'])
    })
    expect(first?.query).toMatchObject({ allowWatchBookmarks: 'true' })
    expect(lists()).toHaveLength(1)
  })

  it('follows the newest state when it resumes over several changes of one object', async () => {
    attach('one')
    await rig.start()
    await watching()
    const end = rig.server.faults.add({ verb: 'watch', fault: { kind: 'reset' } })
    rig.server.faults.resetWatches()
    const first = rig.server.store.get('volumeattachments', 'one')?.metadata.uid
    rig.server.store.remove('volumeattachments', 'one')
    attach('one')
    rig.server.store.remove('volumeattachments', 'one')
    attach('one')
    const last = rig.server.store.get('volumeattachments', 'one')?.metadata.uid
    end()
    await until('the last one is known', () => rig.cluster.attachments()[0]?.uid === last)
    const told = rig.changes.flatMap(change => ('record' in change ? [change] : []))
    expect(told[0]).toMatchObject({ type: 'attachment-vanished', record: { uid: first } })
    expect(told.at(-1)).toMatchObject({ type: 'attachment-seen', record: { uid: last } })
  })

  it('ends with its signal', async () => {
    const stop = new AbortController()
    await rig.replica().cluster.start(stop.signal)
    await watching()
    stop.abort()
    await until('nothing is open', () => rig.server.faults.openWatches() === 0)
    const before = rig.server.faults.requests.length
    attach('later')
    expect(rig.server.faults.requests.length).toBe(before)
  })
})

describe('a refresh', () => {
  const refreshed = () => rig.cluster.refresh(AbortSignal.timeout(5000))
  const count = (verb: 'list' | 'watch') => rig.server.faults.requestsOf({ verb }).length

  it('asks once for each complete list and watches from there', async () => {
    await rig.start()
    await until('it watches everything', () => rig.server.faults.openWatches() === 3)
    rig.server.faults.clearRequests()
    await refreshed()
    await until('it watches everything again', () => count('watch') === 3 && rig.server.faults.openWatches() === 3)
    expect(count('list')).toBe(3)
    expect(rig.log.lines.filter(({ level }) => level === 'warn')).toEqual([])
  })

  it('does not take a list that was asked for before', async () => {
    await rig.start()
    await watching()
    rig.server.faults.add({ verb: 'list', fault: { kind: 'hang' }, times: 3 })
    const first = refreshed()
    await until('all lists hang', () => count('list') === 6)
    attach('new')
    await refreshed()
    expect(names()).toEqual(['new'])
    await first
  })

  it('does not wait for the pause after a break', async () => {
    const adapter = rig.replica({}, new PatientClock())
    const stop = new AbortController()
    await adapter.cluster.start(stop.signal)
    await until('it watches everything', () => rig.server.faults.openWatches() === 3)
    rig.server.faults.resetWatches()
    await until('it pauses', () => rig.log.lines.filter(({ message }) => /is interrupted/.test(message)).length === 3)
    attach('missed')
    await adapter.cluster.refresh(AbortSignal.timeout(5000))
    expect(adapter.cluster.attachments()).toHaveLength(1)
    stop.abort(new Error('the test is over'))
  })
})

it('never shows the token in a log line, whatever fails', async () => {
  const faults = [
    { kind: 'status', code: 401, message: `token ${rig.server.token} is wrong (Bearer ${rig.server.token})` },
    { kind: 'status', code: 503 },
    { kind: 'reset' },
  ] as const
  for (const fault of faults) rig.server.faults.add({ fault, times: 8 })
  await rig.start()
  const text = JSON.stringify(rig.log.lines)
  expect(text).toContain('HTTP 401')
  expect(text).not.toContain(rig.server.token)
})
