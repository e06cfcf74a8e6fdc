import { describe, expect, it } from 'vitest'
import { GiB } from '../../src/domain/capacity.ts'
import type { HostNqn } from '../../src/domain/ids.ts'
import { type BackendRig, live, specIn, useRig, volumeId } from './volume-backend.contract.ts'

/** A command at which the appliance works until it is told to finish, whatever becomes of whoever sent it. */
export interface HeldCommand {
  readonly begun: Promise<void>
  /** Resolves when it has taken effect. */
  finish(): Promise<void>
}

/** An appliance that takes its time. */
export interface LateRig extends BackendRig {
  /** The appliance does one command after the other: nothing overtakes the one that it works on. */
  readonly isSerial?: boolean
  /** The next command that changes something takes its time. */
  holdNext(): HeldCommand
  /** The link breaks, and can be had again at once. */
  dropLink(): void
}

const id = volumeId('a')
const hostA = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0000-4000-8000-000000000000' as HostNqn
const hostB = 'nqn.2014-08.org.nvmexpress:uuid:bbbbbbbb-0000-4000-8000-000000000000' as HostNqn
const toA = { to: 'host', host: hostA } as const
const toB = { to: 'host', host: hostB } as const
const nobody = { to: 'nobody' } as const

/** What every VolumeBackend and HostAccess promise of a command that takes effect after its answer was given up. */
export function lateCommandsContract(open: () => Promise<LateRig>): void {
  const held = useRig(open)
  const backend = () => held.process.backend
  const access = () => held.process.access
  const create = (signal = live()) => backend().create(specIn(held.rig), signal)

  describe.each(['caller gave it up', 'link broke'])('a command that takes effect after its %s', way => {
    /** The appliance works on the change, and whoever asked for it has had an error. */
    const late = async (change: (signal: AbortSignal) => Promise<unknown>): Promise<HeldCommand> => {
      const command = held.rig.holdNext()
      const controller = new AbortController()
      const failed = expect(change(controller.signal)).rejects.toThrow()
      await command.begun
      if (way === 'link broke') held.rig.dropLink()
      else controller.abort(new Error('the caller went away'))
      await failed
      return command
    }

    /** Whether the appliance answers anything before it is done with the command. */
    const canLook = (): boolean => held.rig.isSerial !== true

    /** The command takes effect once the call has looked at the appliance, or has ended without a look. */
    const overtaken = async (command: HeldCommand, call: () => Promise<unknown>): Promise<void> => {
      if (!canLook()) {
        const waiting = call()
        await command.finish()
        await waiting
        return
      }
      await backend().known(id, live())
      const before = held.rig.commands()
      let ended = false
      const running = call().finally(() => (ended = true))
      await expect.poll(() => ended || held.rig.commands() > before, { interval: 5 }).toBe(true)
      await command.finish()
      await running
    }

    it('is found by whoever asks then', async () => {
      await create()
      const command = await late(signal => access().allow(id, toA, signal))
      if (canLook()) expect(await access().admitted(id, live())).toEqual(nobody)
      await command.finish()
      await expect.poll(() => held.rig.held(id)?.admitted).toEqual(toA)
      expect(await access().admitted(id, live())).toEqual(toA)
    })

    it('and made a volume is found by whoever asks then', async () => {
      const command = await late(create)
      if (canLook()) expect(await backend().known(id, live())).toBeUndefined()
      await command.finish()
      await expect.poll(() => held.rig.held(id)).toBeDefined()
      expect(await backend().known(id, live())).toMatchObject({ id, bytes: GiB })
    })

    it('lets in nobody after a revoke', async () => {
      await create()
      const command = await late(signal => access().allow(id, toA, signal))
      await overtaken(command, () => access().revoke(id, live()))
      expect(held.rig.held(id)?.admitted).toEqual(nobody)
      expect(await access().admitted(id, live())).toEqual(nobody)
    })

    it('lets in nobody beside whom was allowed since', async () => {
      await create()
      const command = await late(signal => access().allow(id, toA, signal))
      await overtaken(command, () => access().allow(id, toB, live()))
      expect(held.rig.held(id)?.admitted).toEqual(toB)
      expect(held.rig.session(id, hostA)).toBeUndefined()
    })

    it('does not shut out whom was allowed since', async () => {
      await create()
      await access().allow(id, toA, live())
      const command = await late(signal => access().revoke(id, signal))
      await overtaken(command, () => access().allow(id, toB, live()))
      expect(held.rig.held(id)?.admitted).toEqual(toB)
      expect(await access().admitted(id, live())).toEqual(toB)
    })

    it('leaves nothing after a removal', async () => {
      const before = held.rig.snapshot()
      const command = await late(create)
      await overtaken(command, () => backend().remove(id, live()))
      expect(held.rig.snapshot()).toEqual(before)
    })

    it('removes no volume that was made since', async () => {
      await create()
      const command = await late(signal => backend().remove(id, signal))
      await overtaken(command, () => create())
      expect(held.rig.held(id)).toEqual({ bytes: GiB, admitted: nobody, tagged: true })
      expect(await backend().find(id, live())).toMatchObject({ id, bytes: GiB })
    })

    it('is not waited for by one that asks for the same', async () => {
      await create()
      const command = await late(signal => access().allow(id, toA, signal))
      if (canLook()) await access().allow(id, toA, live())
      else await overtaken(command, () => access().allow(id, toA, live()))
      expect(held.rig.held(id)?.admitted).toEqual(toA)
      await overtaken(command, () => access().revoke(id, live()))
      expect(held.rig.held(id)?.admitted).toEqual(nobody)
    })

    it('is waited for no longer than the caller wants', async () => {
      await create()
      const command = await late(signal => access().allow(id, toA, signal))
      const controller = new AbortController()
      const failed = expect(access().revoke(id, controller.signal)).rejects.toThrow('no longer')
      controller.abort(new Error('no longer'))
      await failed
      await command.finish()
    })
  })
}
