import { describe, expect, it, onTestFinished } from 'vitest'
import { slotOf } from '../../../src/adapters/routeros/slot.ts'
import type { BlockExport } from '../../../src/adapters/sim/blocks/block-exports.ts'
import type { DeviceSwitches } from '../../../src/adapters/sim/routeros-device/switches.ts'
import { sha1 } from '../../../src/adapters/system/digests.ts'
import { Exports } from '../../../src/app/exports.ts'
import { type Attachment, type Command, detached } from '../../../src/domain/attachment.ts'
import { decide } from '../../../src/domain/decide.ts'
import { exportRule, type FencingMode } from '../../../src/domain/fencing.ts'
import { instant, type NodeId, nodeId } from '../../../src/domain/ids.ts'
import { volumeNqn } from '../../../src/domain/volume-id.ts'
import { live, specIn, volumeId } from '../../contracts/volume-backend.contract.ts'
import { MemoryCluster } from '../../support/memory-cluster.ts'
import { clear, lose, publish, unpublish } from '../../support/attachment-model.ts'
import { routerOsRig, type RouterOsProcess, type RouterOsRig } from '../../support/routeros-rig.ts'

const id = volumeId('a')
const [a, b, c] = ['node-a', 'node-b', 'node-c'].map(nodeId) as [NodeId, NodeId, NodeId]
const ADDRESS = new Map([
  [a, '10.0.0.1'],
  [b, '10.0.0.2'],
  [c, '10.0.0.3'],
])

/** What the device may be like, as far as exports and the firewall can tell. */
const HABITS: readonly Partial<DeviceSwitches>[] = [
  {},
  { exportPropsShownWhenOff: true },
  { allowHostChangeDropsSessions: true },
  { anySetDropsSessions: true },
  { allowHostList: 'list' },
  { firewallEstablished: 'newOnly' },
]

/** One volume on a device, and what carries its export from state to state. */
class Stage {
  readonly #cluster = new MemoryCluster(a, b, c)
  readonly #rig: RouterOsRig
  readonly #mode: FencingMode
  readonly #lists: boolean
  #process!: RouterOsProcess
  #exports!: Exports
  #now = 1000
  state: Attachment = detached

  private constructor(rig: RouterOsRig, mode: FencingMode, lists: boolean) {
    this.#rig = rig
    this.#mode = mode
    this.#lists = lists
    for (const [node, address] of ADDRESS) this.#cluster.place(node, address)
  }

  static async open(mode: FencingMode, switches: Partial<DeviceSwitches>): Promise<Stage> {
    const portRange = { first: 4500, last: 4509 }
    const rig = await routerOsRig({ switches, ...(mode === 'firewall' && { portRange }) })
    onTestFinished(() => rig.close())
    const stage = new Stage(rig, mode, switches.allowHostList === 'list')
    await stage.restart()
    await stage.#process.backend.create(specIn(rig), live())
    return stage
  }

  /** Another process, which knows what the device tells. */
  async restart(): Promise<void> {
    this.#process = this.#rig.open()
    await this.#process.backend.start(live())
    const { access: hosts, network } = this.#process
    const digests = { sha1, sha256: sha1 }
    const rule = exportRule(this.#mode, this.#lists)
    this.#exports = new Exports({ hosts, network, cluster: this.#cluster, digests, rule })
    await network.start(live())
    await network.secure(live())
  }

  async do(...commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      this.#now += 10
      const { next, refusal } = decide(this.state, command, instant(this.#now))
      expect(refusal).toBeUndefined()
      await this.#exports.follow(id, this.state, next, live())
      this.state = next
    }
  }

  /** A session that the node begins now; undefined where it is not let in. */
  connect(node: NodeId): BlockExport | undefined {
    const port = Number(this.#rig.device.disk(slotOf(id))?.['nvme-tcp-server-port'] ?? 4420)
    const { hostNqn } = this.#exports.identity(node)
    return this.#rig.device.exportTo(hostNqn, volumeNqn(id), port, ADDRESS.get(node))
  }

  get admitted() {
    return this.#process.access.known(id)?.admitted
  }

  get fenced(): readonly string[] {
    return this.#process.access.fenced()
  }
}

const isCut = (session: BlockExport | undefined): boolean => session?.ended.aborted !== false

/** In what mode which device does as it should: narrowing is for devices alone whose sessions survive it. */
const STAGES = (['export', 'narrow', 'firewall'] as const).flatMap(mode =>
  HABITS.filter(habits => mode !== 'narrow' || !drops(habits)).map(habits => ({ mode, habits })),
)

function drops(habits: Partial<DeviceSwitches>): boolean {
  return habits.allowHostChangeDropsSessions === true || habits.anySetDropsSessions === true
}

describe.each(STAGES)('a volume with --fencing=$mode on a device with $habits', ({ mode, habits }) => {
  it('moves from node to node, and no session of a holder is cut', async () => {
    const stage = await Stage.open(mode, habits)
    await stage.do(publish(a))
    const source = stage.connect(a)
    expect([isCut(source), isCut(stage.connect(c))]).toEqual([false, mode !== 'export'])
    await stage.do(publish(b))
    const target = stage.connect(b)
    expect([isCut(source), isCut(target)]).toEqual([false, false])
    await stage.do(unpublish(a))
    expect(isCut(target)).toBe(false)
    await stage.do(publish(c), unpublish(b))
    const last = stage.connect(c)
    expect(isCut(last)).toBe(false)
    await stage.do(unpublish(c))
    expect([isCut(source), isCut(target), isCut(last), isCut(stage.connect(c))]).toEqual([true, true, true, true])
  })

  it('loses one of two holders, and the other goes on', async () => {
    const stage = await Stage.open(mode, habits)
    await stage.do(publish(a), publish(b))
    const [lost, other] = [stage.connect(a), stage.connect(b)]
    await stage.do(lose(a))
    expect(isCut(other)).toBe(false)
    if (mode === 'firewall') await expect.poll(() => isCut(lost)).toBe(true)
    else expect(isCut(lost)).toBe(false)
    expect(isCut(stage.connect(a))).toBe(mode !== 'export')
    await stage.do(clear(a))
    expect(isCut(other)).toBe(false)
    await stage.do(unpublish(b))
    expect(isCut(lost)).toBe(true)
    expect(stage.fenced).toEqual([id])
  })

  it('loses its only holder, and lets in the next one alone, over restarts', async () => {
    const stage = await Stage.open(mode, habits)
    await stage.do(publish(a))
    const lost = stage.connect(a)
    await stage.do(lose(a))
    expect([isCut(lost), isCut(stage.connect(a))]).toEqual([true, true])
    await stage.do(clear(a))
    await stage.restart()
    expect(stage.fenced).toEqual([id])
    await stage.do(publish(b))
    expect([isCut(stage.connect(a)), isCut(stage.connect(b))]).toEqual([true, false])
    await stage.restart()
    expect(stage.admitted).toMatchObject({ to: 'host', fenced: true })
    await stage.do(unpublish(b))
    expect(stage.fenced).toEqual([])
  })

  it('of a single node is open to its holder alone', async () => {
    const stage = await Stage.open(mode, habits)
    await stage.do(publish(a, { access: 'exclusive' }))
    const session = stage.connect(a)
    expect([isCut(session), isCut(stage.connect(b))]).toEqual([false, true])
    await stage.do(lose(a), clear(a))
    expect(isCut(session)).toBe(true)
    expect(stage.fenced).toEqual([id])
  })
})

describe.each(HABITS.filter(drops))('narrowing on a device with %o', habits => {
  it('cuts a holder, which is why it is not for such a device', async () => {
    const stage = await Stage.open('narrow', habits)
    await stage.do(publish(a))
    const session = stage.connect(a)
    await stage.do(publish(b))
    expect(isCut(session)).toBe(true)
  })
})
