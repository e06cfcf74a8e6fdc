import { describe, expect, it } from 'vitest'
import type { HostNqn } from '../../src/domain/ids.ts'
import type { HostAccess } from '../../src/ports/host-access.ts'
import { type BackendRig, type Costs, live, OTHER_OWNER, specIn, useRig, volumeId } from './volume-backend.contract.ts'

const id = volumeId('a')
const hostA = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
const hostB = 'nqn.2014-08.org.nvmexpress:uuid:bbbbbbbb-0000-4000-8000-000000000000' as HostNqn
const any = { to: 'any' } as const
const toA = { to: 'host', host: hostA } as const
const toB = { to: 'host', host: hostB } as const
const nobody = { to: 'nobody' } as const

/** What every HostAccess promises. */
export function hostAccessContract(open: () => Promise<BackendRig>, costs: Costs): void {
  const held = useRig(open)
  const access = (): HostAccess => held.process.access
  const create = () => held.process.backend.create(specIn(held.rig), live())
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = held.rig.commands()
    await work()
    return held.rig.commands() - before
  }

  describe('a volume', () => {
    it('lets in nobody before it is allowed', async () => {
      await create()
      expect(await access().admitted(id, live())).toEqual(nobody)
    })

    it.each([
      ['any host', any],
      ['one host', toA],
    ])('lets in %s when that is allowed, and nobody when it is revoked', async (_, wanted) => {
      await create()
      await access().allow(id, wanted, live())
      expect(held.rig.held(id)?.admitted).toEqual(wanted)
      expect(await access().admitted(id, live())).toEqual(wanted)
      await access().revoke(id, live())
      expect(held.rig.held(id)?.admitted).toEqual(nobody)
      expect(await access().admitted(id, live())).toEqual(nobody)
    })

    it.each([
      ['one host to another', toA, toB],
      ['any host to one', any, toA],
      ['one host to any', toA, any],
    ])('moves from %s, and cuts the sessions in between', async (_, from, to) => {
      await create()
      await access().allow(id, from, live())
      const session = held.rig.session(id, hostA)
      expect(session?.live).toBe(true)
      await access().allow(id, to, live())
      expect(held.rig.held(id)?.admitted).toEqual(to)
      expect(session?.live).toBe(false)
    })

    it('keeps the sessions when just the same is allowed again', async () => {
      await create()
      await access().allow(id, toA, live())
      const session = held.rig.session(id, hostA)
      await access().allow(id, toA, live())
      expect(session?.live).toBe(true)
      expect(held.rig.session(id, hostB)).toBeUndefined()
    })

    it('loses its sessions when it is revoked', async () => {
      await create()
      await access().allow(id, any, live())
      const session = held.rig.session(id, hostA)
      await access().revoke(id, live())
      expect(session?.live).toBe(false)
      expect(held.rig.session(id, hostA)).toBeUndefined()
    })

    it('lets in any host again after it let in one', async () => {
      await create()
      await access().allow(id, toA, live())
      await access().revoke(id, live())
      await access().allow(id, any, live())
      expect(held.rig.held(id)?.admitted).toEqual(any)
    })

    it('tells whom it lets in after a restart', async () => {
      await create()
      await access().allow(id, toA, live())
      const after = held.rig.open()
      await after.backend.start(live())
      expect(await after.access.admitted(id, live())).toEqual(toA)
    })

    it('that is not there is not found to allow, and lets in nobody', async () => {
      await expect(access().allow(id, any, live())).rejects.toMatchObject({ kind: 'not-found' })
      await access().revoke(id, live())
      expect(await access().admitted(id, live())).toEqual(nobody)
    })

    it('that another process made is allowed, and one that it removed is not found', async () => {
      const second = held.rig.open()
      await second.backend.start(live())
      await second.backend.create(specIn(held.rig), live())
      await access().allow(id, toA, live())
      expect(held.rig.held(id)?.admitted).toEqual(toA)
      await second.access.revoke(id, live())
      await second.backend.remove(id, live())
      await access().revoke(id, live())
      await expect(access().allow(id, toA, live())).rejects.toMatchObject({ kind: 'not-found' })
    })

    it.each(['admitted', 'allow', 'revoke'] as const)(
      'that another process made and exported is seen by %s',
      async call => {
        const second = held.rig.open()
        await second.backend.start(live())
        await second.backend.create(specIn(held.rig), live())
        await second.access.allow(id, toA, live())
        const session = held.rig.session(id, hostA)
        if (call === 'admitted') expect(await access().admitted(id, live())).toEqual(toA)
        else if (call === 'allow') await access().allow(id, toB, live())
        else await access().revoke(id, live())
        expect(session?.live).toBe(call === 'admitted')
        expect(held.rig.session(id, hostB) !== undefined).toBe(call === 'allow')
      },
    )

    it('that another process exported since is cut before another host is let in, once it was listed', async () => {
      await create()
      const second = held.rig.open()
      await second.backend.start(live())
      await second.access.allow(id, toA, live())
      const session = held.rig.session(id, hostA)
      await held.process.backend.list(live())
      await access().allow(id, toB, live())
      expect(session?.live).toBe(false)
      expect(held.rig.held(id)?.admitted).toEqual(toB)
    })

    it('of another owner is neither allowed nor revoked', async () => {
      held.rig.addStranger(id, OTHER_OWNER)
      const before = held.rig.snapshot()
      const next = held.rig.open()
      await next.backend.start(live())
      await expect(next.access.allow(id, any, live())).rejects.toMatchObject({ kind: 'not-found' })
      await next.access.revoke(id, live())
      expect(held.rig.snapshot()).toEqual(before)
    })
  })

  describe('the loss of the last holder', () => {
    const lost = { to: 'nobody', fenced: true } as const
    const alone = { ...toA, fenced: true } as const
    const seenAnew = async (): Promise<{ admitted: unknown; fenced: readonly string[] }> => {
      const next = held.rig.open()
      await next.backend.start(live())
      return { admitted: await next.access.admitted(id, live()), fenced: next.access.fenced() }
    }

    it.each([any, toA])('is kept with the volume as its export goes off, for every later process', async from => {
      await create()
      await access().allow(id, from, live())
      const session = held.rig.session(id, hostA)
      expect(access().fenced()).toEqual([])
      expect(await counted(() => access().revoke(id, live(), true))).toBe(costs.revoke)
      expect(session?.live).toBe(false)
      expect(held.rig.held(id)?.admitted).toEqual(lost)
      expect(await access().admitted(id, live())).toEqual(lost)
      expect(await seenAnew()).toEqual({ admitted: lost, fenced: [id] })
    })

    it('is kept, and forgotten, also while the export is off already', async () => {
      await create()
      await access().revoke(id, live(), true)
      expect(await seenAnew()).toEqual({ admitted: lost, fenced: [id] })
      expect(await counted(() => access().revoke(id, live(), true))).toBe(0)
      expect(await counted(() => access().revoke(id, live()))).toBe(0)
      expect(held.rig.held(id)?.admitted).toEqual(lost)
      await access().revoke(id, live(), false)
      expect(await seenAnew()).toEqual({ admitted: nobody, fenced: [] })
    })

    it.each([any, toA])('is forgotten with the next export', async to => {
      await create()
      await access().revoke(id, live(), true)
      expect(await counted(() => access().allow(id, to, live()))).toBe(costs.allow)
      expect(await seenAnew()).toEqual({ admitted: to, fenced: [] })
      await access().revoke(id, live())
      expect(held.rig.held(id)?.admitted).toEqual(nobody)
    })

    it('is kept with an export that is for one host because of it, until that ends', async () => {
      await create()
      await access().revoke(id, live(), true)
      await access().allow(id, alone, live())
      expect(held.rig.held(id)?.admitted).toEqual(alone)
      expect(await seenAnew()).toEqual({ admitted: alone, fenced: [id] })
      await access().revoke(id, live(), false)
      expect(await seenAnew()).toEqual({ admitted: nobody, fenced: [] })
    })

    it('sets nothing on an export that is on', async () => {
      await create()
      await access().allow(id, toA, live())
      expect(await counted(() => access().allow(id, alone, live()))).toBe(0)
      expect(held.rig.held(id)?.admitted).toEqual(toA)
    })

    it('of a volume that is not there is nothing to remember', async () => {
      await access().revoke(id, live(), true)
      expect(access().fenced()).toEqual([])
    })

    it.each(['done', 'undone'] as const)('is found out after a lost reply to a command that was %s', async effect => {
      await create()
      for (const fenced of [true, false, true]) {
        if (!fenced) await access().allow(id, alone, live())
        held.rig.breakAfter(0, effect)
        await expect(access().revoke(id, live(), fenced)).rejects.toMatchObject({ kind: 'unavailable' })
        await held.rig.restoreLink()
        await access().revoke(id, live(), fenced)
        expect(held.rig.held(id)?.admitted).toEqual(fenced ? lost : nobody)
        expect(access().fenced()).toEqual(fenced ? [id] : [])
      }
    })
  })

  describe('a live export that is adjusted', () => {
    const both = { to: 'hosts', hosts: [hostA, hostB] } as const

    it.each([
      ['any host to one', any, toA],
      ['one host to any', toA, any],
      ['one host to a list', toA, both],
      ['a list to one host', both, toA],
      ['any host to a list', any, both],
    ])('changes from %s and keeps its sessions', async (_, from, to) => {
      await create()
      await access().allow(id, from, live())
      const session = held.rig.session(id, hostA)
      // Whether a list lets in several is not the same everywhere.
      if (from.to !== 'hosts') expect(session?.live).toBe(true)
      const wasLive = session?.live
      expect(await counted(() => access().adjust(id, to, live()))).toBe(1)
      expect(held.rig.held(id)?.admitted).toEqual(to)
      expect(await access().admitted(id, live())).toEqual(to)
      expect(session?.live).toBe(wasLive)
      expect(await counted(() => access().adjust(id, to, live()))).toBe(0)
    })

    it('is turned on where it is off', async () => {
      await create()
      await access().adjust(id, toA, live())
      expect(held.rig.held(id)?.admitted).toEqual(toA)
      await expect(access().adjust(volumeId('b'), any, live())).rejects.toMatchObject({ kind: 'not-found' })
    })

    it.each(['done', 'undone'] as const)('is found out after a lost reply to a command that was %s', async effect => {
      await create()
      await access().allow(id, any, live())
      const session = held.rig.session(id, hostA)
      held.rig.breakAfter(0, effect)
      await expect(access().adjust(id, toA, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await held.rig.restoreLink()
      await access().adjust(id, toA, live())
      expect(held.rig.held(id)?.admitted).toEqual(toA)
      expect(session?.live).toBe(true)
    })
  })

  describe('what is known', () => {
    it('of an export is told at once, with its port', async () => {
      expect(access().known(id)).toBeUndefined()
      await create()
      expect(access().known(id)).toEqual({ admitted: nobody, port: undefined })
      await access().allow(id, toA, live())
      expect(access().known(id)).toEqual({ admitted: toA, port: 4420 })
      await access().revoke(id, live())
      expect(access().known(id)).toEqual({ admitted: nobody, port: undefined })
    })
  })

  describe('the undisturbed way', () => {
    it('takes no more commands than are needed', async () => {
      await create()
      expect(await counted(() => access().allow(id, toA, live()))).toBe(costs.allow)
      expect(await counted(() => access().admitted(id, live()))).toBe(0)
      expect(await counted(() => access().revoke(id, live()))).toBe(costs.revoke)
    })

    it('takes none for what is so already', async () => {
      await create()
      await access().allow(id, any, live())
      expect(await counted(() => access().allow(id, any, live()))).toBe(0)
      await access().revoke(id, live())
      expect(await counted(() => access().revoke(id, live()))).toBe(0)
    })
  })

  describe('an outage', () => {
    it('is unavailable from every method that needs the appliance', async () => {
      await create()
      await access().allow(id, toA, live())
      await held.rig.cutLink()
      await expect(access().revoke(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(access().allow(id, any, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(access().allow(volumeId('b'), any, live())).rejects.toMatchObject({ kind: 'unavailable' })
    })

    it('is unavailable before the first listing', async () => {
      const next = held.rig.open().access
      await expect(next.allow(id, any, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(next.revoke(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(next.admitted(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    })

    it.each(['done', 'undone'] as const)('that loses the reply to a command that was %s is found out', async effect => {
      await create()
      const states = [toA, toB, any, toA, nobody, toB, nobody] as const
      for (const [skip, state] of states.entries()) {
        held.rig.breakAfter(skip % 3, effect)
        const change = (): Promise<void> =>
          state.to === 'nobody' ? access().revoke(id, live()) : access().allow(id, state, live())
        const first = await change().catch((error: unknown) => error)
        if (first !== undefined) expect(first).toMatchObject({ kind: 'unavailable' })
        await held.rig.restoreLink()
        expect(await access().admitted(id, live())).toEqual(held.rig.held(id)?.admitted)
        await change()
        expect(held.rig.held(id)?.admitted).toEqual(state)
        expect(await access().admitted(id, live())).toEqual(state)
      }
    })
  })

  describe('an abort', () => {
    it('ends the wait with its reason, and the next call finds out what became of the command', async () => {
      await create()
      const release = held.rig.hang()
      const controller = new AbortController()
      const failed = expect(access().allow(id, toA, controller.signal)).rejects.toThrow('the caller went away')
      await held.rig.hanging()
      controller.abort(new Error('the caller went away'))
      await failed
      release()
      expect(await access().admitted(id, live())).toEqual(held.rig.held(id)?.admitted)
      await access().allow(id, toB, live())
      expect(held.rig.held(id)?.admitted).toEqual(toB)
    })
  })
}
