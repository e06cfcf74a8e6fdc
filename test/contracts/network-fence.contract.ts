import { describe, expect, it } from 'vitest'
import type { HostNqn, NodeId, VolumeId } from '../../src/domain/ids.ts'
import { nodeId } from '../../src/domain/ids.ts'
import type { Guest, NetworkFence } from '../../src/ports/network-fence.ts'
import {
  type BackendProcess,
  type BackendRig,
  type LiveSession,
  live,
  specIn,
  useRig,
  volumeId,
} from './volume-backend.contract.ts'

export interface FencedProcess extends BackendProcess {
  readonly network: NetworkFence
}

/** An appliance with a firewall before its exports. */
export interface FenceRig extends BackendRig {
  open(): FencedProcess
  /** A session that this host begins from this address; undefined where it is not let in. */
  sessionFrom(id: VolumeId, host: HostNqn, address: string): LiveSession | undefined
  /** Everything in the firewall that is not as before the first process. */
  rules(): readonly string[]
  /** What belongs to all volumes, of those. */
  wall(): readonly string[]
  /** Somebody removes everything from the firewall. */
  flush(): void
}

const id = volumeId('a')
const other = volumeId('b')
const host = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
const [a, b] = [nodeId('node-a'), nodeId('node-b')]
const [atA, atB, atB2, elsewhere] = ['10.0.0.1', '10.0.0.2', '10.1.0.2', '10.9.9.9']
const guest = (node: NodeId, ...addresses: readonly string[]): Guest => ({ node, addresses })
const any = { to: 'any' } as const

/** What every NetworkFence promises that has power over the volumes. */
export function networkFenceContract(open: () => Promise<FenceRig>): void {
  const held = useRig(open) as { rig: FenceRig; process: FencedProcess }
  const network = (): NetworkFence => held.process.network
  const session = (address: string, volume = id) => held.rig.sessionFrom(volume, host, address)

  /** As it is published: let through, then exported. */
  async function publish(guests: readonly Guest[], volume = id): Promise<void> {
    if ((await held.process.backend.find(volume, live())) === undefined) {
      await held.process.backend.create(specIn(held.rig, { id: volume }), live())
    }
    await network().admit(volume, guests, live())
    await held.process.access.allow(volume, any, live())
  }
  async function started(): Promise<void> {
    await network().start(live())
    await network().secure(live())
  }
  /** Another process in its place. */
  async function restarted(): Promise<FencedProcess> {
    const next = held.rig.open()
    await next.backend.start(live())
    await next.network.start(live())
    held.process = next
    return next
  }

  describe('a volume', () => {
    it('is reached by whom it lets through, and by nobody else', async () => {
      await started()
      await publish([guest(a, atA)])
      expect(session(atA)?.live).toBe(true)
      expect(session(elsewhere)).toBeUndefined()
      expect(network().confined(id)).toBe(true)
      expect(network().volumes()).toEqual([id])
    })

    it('is reached by two, from every address that they have', async () => {
      await started()
      await publish([guest(a, atA)])
      const first = session(atA)
      await network().admit(id, [guest(a, atA), guest(b, atB, atB2)], live())
      expect([session(atA)?.live, session(atB)?.live, session(atB2)?.live]).toEqual([true, true, true])
      expect(first?.live).toBe(true)
    })

    it('is closed to one of two, whose sessions end, and not to the other', async () => {
      await started()
      await publish([guest(a, atA), guest(b, atB)])
      const [gone, stays] = [session(atA), session(atB)]
      await network().admit(id, [guest(b, atB)], live())
      await expect.poll(() => gone?.live).toBe(false)
      expect(session(atA)).toBeUndefined()
      expect(stays?.live).toBe(true)
    })

    it('does not open another one to its guests', async () => {
      await started()
      await publish([guest(a, atA)])
      await publish([guest(b, atB)], other)
      expect(session(atA, other)).toBeUndefined()
      expect(session(atB, other)?.live).toBe(true)
      await network().admit(id, [guest(b, atB)], live())
      expect(session(atB, other)?.live).toBe(true)
    })

    it('may be taken from it for good, and leaves nothing', async () => {
      await started()
      const empty = held.rig.rules()
      await publish([guest(a, atA), guest(b, atB, atB2)])
      await held.process.access.revoke(id, live())
      await network().close(id, live())
      expect(held.rig.rules()).toEqual(empty)
      expect(network().volumes()).toEqual([])
      expect(network().confined(id)).toBe(false)
      await network().close(id, live())
      await network().close(other, live())
    })

    it('is closed while it is exported and nobody is let through', async () => {
      await started()
      await publish([guest(a, atA)])
      await network().close(id, live())
      expect(session(atA)).toBeUndefined()
      expect(network().confined(id)).toBe(true)
    })

    it('is not given to a node that comes from nowhere', async () => {
      await started()
      await expect(publish([guest(a)])).rejects.toMatchObject({ kind: 'precondition' })
      expect(await held.process.access.admitted(id, live())).toEqual({ to: 'nobody' })
    })

    it('keeps a guest of which no address is known any more, and adds new ones beside the old', async () => {
      await started()
      await publish([guest(a, atA)])
      const first = session(atA)
      await network().admit(id, [guest(a)], live())
      await network().admit(id, [guest(a, elsewhere)], live())
      expect([first?.live, session(atA)?.live, session(elsewhere)?.live]).toEqual([true, true, true])
    })

    it('lets a node through from the address of one that has left', async () => {
      await started()
      await publish([guest(a, atA)])
      await network().admit(id, [guest(b, atA)], live())
      expect(session(atA)?.live).toBe(true)
    })
  })

  describe('what is so already', () => {
    it('takes no command', async () => {
      await started()
      await publish([guest(a, atA), guest(b, atB)])
      const before = held.rig.commands()
      await network().admit(id, [guest(b, atB), guest(a, atA)], live())
      await network().secure(live())
      await network().close(other, live())
      expect(held.rig.commands()).toBe(before)
    })

    it('is found after a restart, with nothing done to it', async () => {
      await started()
      await publish([guest(a, atA), guest(b, atB)])
      const [rules, first] = [held.rig.rules(), session(atA)]
      const next = await restarted()
      const before = held.rig.commands()
      await next.network.admit(id, [guest(a, atA), guest(b, atB)], live())
      await next.network.secure(live())
      expect(held.rig.commands()).toBe(before)
      expect(held.rig.rules()).toEqual(rules)
      expect(first?.live).toBe(true)
    })

    it('can be closed by a process that came later', async () => {
      await started()
      const empty = held.rig.rules()
      await publish([guest(a, atA)])
      const next = await restarted()
      expect(next.network.volumes()).toEqual([id])
      await next.network.close(id, live())
      expect(held.rig.rules()).toEqual(empty)
    })
  })

  describe('a firewall that was emptied', () => {
    it('is filled again without that a guest is cut off', async () => {
      await started()
      await publish([guest(a, atA)])
      const rules = held.rig.rules()
      const first = session(atA)
      held.rig.flush()
      expect(session(elsewhere)?.live).toBe(true)
      await network().start(live())
      await network().admit(id, [guest(a, atA)], live())
      await network().secure(live())
      expect(held.rig.rules().toSorted()).toEqual(rules.toSorted())
      expect(first?.live).toBe(true)
      expect(session(elsewhere)).toBeUndefined()
    })
  })

  describe('trouble', () => {
    it('is unavailable before the first reading', async () => {
      for (const work of [
        () => network().admit(id, [guest(a, atA)], live()),
        () => network().close(id, live()),
        () => network().secure(live()),
      ]) {
        await expect(work()).rejects.toMatchObject({ kind: 'unavailable' })
      }
    })

    it('with the link is unavailable', async () => {
      await started()
      await publish([guest(a, atA)])
      await held.rig.cutLink()
      await expect(network().start(live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(network().admit(id, [guest(b, atB)], live())).rejects.toMatchObject({ kind: 'unavailable' })
      await expect(network().close(id, live())).rejects.toMatchObject({ kind: 'unavailable' })
    })

    it.each(['done', 'undone'] as const)(
      'around any command, which was %s, is made up for by the next call',
      async effect => {
        await started()
        const empty = held.rig.rules()
        const stages = [[guest(a, atA)], [guest(a, atA), guest(b, atB, atB2)], [guest(b, atB, atB2)], []] as const
        await publish([guest(a, atA)])
        for (let skip = 0; skip < 6; skip += 1) {
          for (const guests of stages) {
            const change = () => (guests.length > 0 ? network().admit(id, guests, live()) : network().close(id, live()))
            held.rig.breakAfter(skip, effect)
            await change().catch((error: unknown) => expect(error).toMatchObject({ kind: 'unavailable' }))
            await held.rig.restoreLink()
            await change()
            const reached = [atA, atB, atB2, elsewhere].filter(address => session(address) !== undefined)
            expect(reached).toEqual(guests.flatMap(({ addresses }) => addresses))
          }
          expect(held.rig.rules()).toEqual(empty)
        }
      },
    )

    it.each(['this process', 'the next one'])(
      'with the link before the sessions of one of two have ended is made up for by %s',
      async who => {
        await started()
        for (let skip = 0; skip < 6; skip += 1) {
          await publish([guest(a, atA), guest(b, atB)])
          const [gone, stays] = [session(atA), session(atB)]
          held.rig.breakAfter(skip, 'done')
          await network()
            .admit(id, [guest(b, atB)], live())
            .catch(() => undefined)
          await held.rig.restoreLink()
          if (who === 'the next one') await restarted()
          await network().admit(id, [guest(b, atB)], live())
          await expect.poll(() => gone?.live).toBe(false)
          expect(stays?.live).toBe(true)
        }
      },
    )
  })
}
