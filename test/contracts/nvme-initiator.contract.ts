import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type HostIdentity, hostIdentity } from '../../src/domain/host-identity.ts'
import {
  type Bytes,
  type ClusterId,
  type HostNqn,
  nodeId,
  type VolumeId,
  type VolumeNqn,
} from '../../src/domain/ids.ts'
import type { Portal } from '../../src/domain/volume-context.ts'
import { volumeNqn } from '../../src/domain/volume-id.ts'
import type { NvmeInitiator, NvmeTarget } from '../../src/ports/nvme-initiator.ts'
import { sha1 } from '../../src/adapters/system/digests.ts'

/** The appliance's side, as far as an initiator can tell. */
export interface TargetControl {
  readonly portal: Portal
  /** Nothing listens there. */
  readonly deadPortal: Portal
  /** Somebody listens there and never says a word. */
  readonly silentPortal: Portal
  /** Exports a blank volume to one host, or to any. */
  provide(nqn: VolumeNqn, bytes: Bytes, host?: HostNqn): Promise<void>
  /** Ends the export and with it every session. */
  withdraw(nqn: VolumeNqn): Promise<void>
  /** The opposite; the same volume. */
  restore(nqn: VolumeNqn): Promise<void>
  resize(nqn: VolumeNqn, bytes: Bytes): Promise<void>
  powerOff(): Promise<void>
  powerOn(): Promise<void>
}

export interface OpenedInitiator {
  readonly initiator: NvmeInitiator
  readonly target: TargetControl
  /** Lets so many seconds pass for the initiator. */
  pass(seconds: number): Promise<void>
  close(): Promise<void>
}

const MIB = 1024 ** 2
export const HOST: HostIdentity = hostIdentity('11111111-1111-4111-8111-111111111111' as ClusterId, nodeId('a'), sha1)
const STRANGER = hostIdentity('11111111-1111-4111-8111-111111111111' as ClusterId, nodeId('b'), sha1)

/** The NQN of the n-th volume; two of them differ in their last character only. */
export const testNqn = (n: number): VolumeNqn =>
  volumeNqn(`pvc-00000000-0000-4000-8000-00000000000${n.toString(16)}` as VolumeId)

/** A target with full defaults: reconnects every second, for ever. */
export function testTarget(nqn: VolumeNqn, ...portals: readonly Portal[]): NvmeTarget {
  return { nqn, portals, host: HOST, profile: { ctrlLossTmo: -1, reconnectDelay: 1, keepAliveTmo: 0 } }
}

/** What every NVMe/TCP initiator promises. */
export function nvmeInitiatorContract(name: string, open: () => Promise<OpenedInitiator>): void {
  describe(`NVMe initiator: ${name}`, () => {
    let opened: OpenedInitiator
    let initiator: NvmeInitiator
    let target: TargetControl
    const signal = AbortSignal.timeout(120_000)
    beforeEach(async () => {
      opened = await open()
      initiator = opened.initiator
      target = opened.target
    })
    afterEach(() => opened.close())

    const nqn = testNqn(1)
    const there = (host = HOST): NvmeTarget => ({ ...testTarget(nqn, target.portal), host })

    describe('connecting', () => {
      it('gives the device with its size, to the byte, and says that the session is new', async () => {
        await target.provide(nqn, 8 * MIB + 512)
        const { device, isNew } = await initiator.connect(there(), signal)
        expect([device.bytes, isNew]).toEqual([8 * MIB + 512, true])
        expect(await initiator.device(nqn, signal)).toEqual(device)
        expect(initiator.sessions()).toEqual([nqn])
      })

      it('again gives what is there', async () => {
        await target.provide(nqn, 8 * MIB)
        const first = await initiator.connect(there(), signal)
        expect(await initiator.connect(there(), signal)).toEqual({ device: first.device, isNew: false })
      })

      it('twenty times at once makes one session', async () => {
        await target.provide(nqn, 8 * MIB)
        const all = await Promise.all(Array.from({ length: 20 }, () => initiator.connect(there(), signal)))
        expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
        expect(new Set(all.map(({ device }) => device.path)).size).toBe(1)
      })

      it('keeps volumes apart whose names nearly meet', async () => {
        await target.provide(nqn, 8 * MIB)
        await target.provide(testNqn(2), 9 * MIB)
        await initiator.connect(there(), signal)
        expect(await initiator.device(testNqn(2), signal)).toBeUndefined()
        const other = await initiator.connect(testTarget(testNqn(2), target.portal), signal)
        expect([other.device.bytes, other.isNew]).toEqual([9 * MIB, true])
        await initiator.disconnect(testNqn(2), signal)
        expect(initiator.sessions()).toEqual([nqn])
      })

      it('takes the first portal that works', async () => {
        await target.provide(nqn, 8 * MIB)
        const both = testTarget(nqn, target.deadPortal, target.portal)
        expect((await initiator.connect(both, signal)).isNew).toBe(true)
      })

      it('is unavailable where nothing listens, and says where', async () => {
        const dead = initiator.connect(testTarget(nqn, target.deadPortal), signal)
        await expect(dead).rejects.toMatchObject({
          kind: 'unavailable',
          message: expect.stringContaining(`${target.deadPortal.address}:${target.deadPortal.port}`),
        })
        expect(initiator.sessions()).toEqual([])
      })

      it('to a volume that is not exported is a precondition', async () => {
        await target.provide(testNqn(2), 8 * MIB)
        await expect(initiator.connect(there(), signal)).rejects.toMatchObject({
          kind: 'precondition',
          message: expect.stringContaining(nqn),
        })
      })

      it('as a host that is not let in is a precondition, and names the host', async () => {
        await target.provide(nqn, 8 * MIB, HOST.hostNqn)
        await expect(initiator.connect(there(STRANGER), signal)).rejects.toMatchObject({
          kind: 'precondition',
          message: expect.stringContaining(STRANGER.hostNqn),
        })
        expect((await initiator.connect(there(), signal)).isNew).toBe(true)
      })

      it('ends with the reason of its signal, and can be done again', async () => {
        await target.provide(nqn, 8 * MIB)
        const stop = new AbortController()
        const waiting = initiator.connect(testTarget(nqn, target.silentPortal), stop.signal)
        const queued = initiator.connect(there(), stop.signal)
        stop.abort(new Error('enough'))
        await expect(waiting).rejects.toThrow('enough')
        await expect(queued).rejects.toThrow('enough')
        expect((await initiator.connect(there(), signal)).isNew).toBe(true)
      })
    })

    describe('disconnecting', () => {
      it('ends the session; again is success, and so is without any', async () => {
        await target.provide(nqn, 8 * MIB)
        await initiator.connect(there(), signal)
        await initiator.disconnect(nqn, signal)
        await initiator.disconnect(nqn, signal)
        await initiator.disconnect(testNqn(2), signal)
        expect(initiator.sessions()).toEqual([])
        expect(await initiator.device(nqn, signal)).toBeUndefined()
        expect((await initiator.connect(there(), signal)).isNew).toBe(true)
      })
    })

    describe('a session that the target cut', () => {
      it('is no session any more, until the target is back', async () => {
        await target.provide(nqn, 8 * MIB)
        await initiator.connect(there(), signal)
        await target.powerOff()
        await expect.poll(() => initiator.sessions()).toEqual([])
        expect(await initiator.device(nqn, signal)).toBeUndefined()
        await expect(initiator.connect(there(), signal)).rejects.toMatchObject({ kind: 'unavailable' })
        await target.powerOn()
        await expect
          .poll(async () => {
            await opened.pass(1)
            return initiator.sessions()
          })
          .toEqual([nqn])
      })

      it('is had again at once by connecting, once the target is back', async () => {
        await target.provide(nqn, 8 * MIB)
        await initiator.connect(there(), signal)
        await target.powerOff()
        await expect.poll(() => initiator.sessions()).toEqual([])
        await target.powerOn()
        expect((await initiator.connect(there(), signal)).device.bytes).toBe(8 * MIB)
        expect(initiator.sessions()).toEqual([nqn])
      })

      it('can be given up while the target is away', async () => {
        await target.provide(nqn, 8 * MIB)
        await initiator.connect(there(), signal)
        await target.withdraw(nqn)
        await expect.poll(() => initiator.sessions()).toEqual([])
        await initiator.disconnect(nqn, signal)
        await target.restore(nqn)
        await opened.pass(3)
        expect(initiator.sessions()).toEqual([])
      })
    })

    describe('rescanning', () => {
      it('sees the size that the target has now', async () => {
        await target.provide(nqn, 8 * MIB)
        await initiator.connect(there(), signal)
        await target.resize(nqn, 16 * MIB)
        expect((await initiator.rescan(nqn, signal)).bytes).toBe(16 * MIB)
        expect((await initiator.device(nqn, signal))?.bytes).toBe(16 * MIB)
      })

      it('without a session is a precondition', async () => {
        await expect(initiator.rescan(nqn, signal)).rejects.toMatchObject({ kind: 'precondition' })
      })
    })
  })
}
