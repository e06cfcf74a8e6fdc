import { CallFailed } from '../csi-client.ts'
import { attached, conflict, detached } from '../expected-events.ts'
import { attachTo, NODE_A, NODE_B, same, type Scene } from '../scene.ts'
import type { Volume } from '../volume.ts'
import type { Workload } from '../workload.ts'

const REFUSED = 'FAILED_PRECONDITION'
const OF_A = 'written on node-a'
const OF_B = 'written on node-b'

/** A volume for one node moves to another one, and the node that had it can't write any more, whatever it tries. */
export async function moveExclusive(scene: Scene, volume: Volume): Promise<void> {
  const { report, ledger, attacher, kubelets } = scene
  report.chapter('database is for one node at a time, and the appliance sees to it')
  const first = await report.step(`node-a has it and writes "${OF_A}"`, () => begin(scene, volume, NODE_A))
  ledger.expect(volume, attached(volume.id, NODE_A))
  await refuseSecond(scene, volume)
  await report.step('node-a hangs; Kubernetes detaches the volume by force, nothing is unmounted there', () =>
    attacher.detach(volume, NODE_A),
  )
  ledger.expect(volume, detached(volume.id, NODE_A))
  await report.step(
    why => `node-a comes back and writes on: ${why}`,
    () => failing(first.write(0, 'too late')),
  )
  const second = await report.step(`node-b gets it, reads "${OF_A}" and writes "${OF_B}"`, () =>
    takeOver(scene, volume),
  )
  ledger.expect(volume, attached(volume.id, NODE_B))
  await report.step('node-a connects anew as before: the appliance lets it in no more', () =>
    refused(kubelets[NODE_A].stage(volume, first.context)),
  )
  await report.step(
    why => `node-a tries to write once more: ${why}`,
    () => failing(first.write(0, 'far too late')),
  )
  await report.step(`node-b still reads "${OF_B}"`, async () => {
    same('the bytes on node-b', await second.read(0, OF_B.length), OF_B)
  })
  await report.step('node-a tidies up; node-b leaves', async () => {
    await first.end()
    await second.end()
    await attacher.detach(volume, NODE_B)
  })
  ledger.expect(volume, detached(volume.id, NODE_B))
}

async function begin(scene: Scene, volume: Volume, node: typeof NODE_A): Promise<Workload> {
  const workload = await attachTo(scene, volume, node)
  await workload.start()
  await workload.write(0, OF_A)
  return workload
}

async function refuseSecond(scene: Scene, volume: Volume): Promise<void> {
  const { report, ledger, attacher } = scene
  await report.step('node-b asks for it, and asks again: refused, as node-a has it', async () => {
    await refused(attacher.attach(volume, NODE_B))
    await refused(attacher.attach(volume, NODE_B))
  })
  ledger.expect(volume, conflict(volume.id, NODE_B, NODE_A))
  ledger.expect(volume, conflict(volume.id, NODE_B, NODE_A))
}

async function takeOver(scene: Scene, volume: Volume): Promise<Workload> {
  const workload = await attachTo(scene, volume, NODE_B)
  await workload.start()
  same('the bytes on node-b', await workload.read(0, OF_A.length), OF_A)
  await workload.write(0, OF_B)
  return workload
}

/** The call has to be answered by FAILED_PRECONDITION. */
async function refused(call: Promise<unknown>): Promise<void> {
  const code = await call.then(
    () => 'OK',
    (error: unknown) => (error instanceof CallFailed ? error.code : String(error)),
  )
  same('the answer', code, REFUSED)
}

/** Why the write failed. That it succeeds is the worst that can happen. */
async function failing(write: Promise<unknown>): Promise<string> {
  const why = await write.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  if (why === undefined) throw new Error('the write of a node that no longer holds the volume succeeded')
  return `${why.slice(0, why.indexOf(':'))} (refused)`
}
