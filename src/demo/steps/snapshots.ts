import { createHash, randomUUID } from 'node:crypto'
import { attached, detached } from '../expected-events.ts'
import { attachTo, GIB, NODE_A, NODE_B, same, type Scene } from '../scene.ts'
import type { Volume, Wish } from '../volume.ts'
import type { Workload } from '../workload.ts'

/** Bytes of the file whose checksum is shown. */
const LENGTH = 64 * 1024
const RESTORED: Wish = {
  claim: 'files-restored',
  mode: 'Filesystem',
  access: 'ReadWriteOnce',
  bytes: 3 * GIB,
  parameters: {},
}
/** What a file system may keep for itself. */
const OVERHEAD = 0.05

/** A snapshot of a volume that is in use, restored to a larger one, which outlives it. Answers the restored volume. */
export async function useSnapshots(scene: Scene, volume: Volume): Promise<Volume> {
  const { report, attacher, ledger } = scene
  report.chapter('files is snapshotted while it is in use, and restored')
  const pod = await use(scene, volume)
  const before = await report.step(
    sum => `the pod writes 64 KiB; sha256 ${sum}`,
    () => rewritten(pod, 'before'),
  )
  const snapshot = await report.step(
    id => `a snapshot is taken, at once: ${id}`,
    () => scene.snapshotter.take(volume, `snapshot-${randomUUID()}`),
  )
  const after = await report.step(
    sum => `the pod writes over it; sha256 ${sum}`,
    () => rewritten(pod, 'after!'),
  )
  if (before === after) throw new Error('what the pod wrote is still the same')
  const restored = await restore(scene, snapshot, before)
  same('the checksum of the original', await checksum(pod), after)
  await pod.end()
  await attacher.detach(volume, NODE_A)
  ledger.expect(volume, detached(volume.id, NODE_A))
  return restored
}

async function use(scene: Scene, volume: Volume): Promise<Workload> {
  const { report, ledger } = scene
  const pod = await attachTo(scene, volume, NODE_A)
  ledger.expect(volume, attached(volume.id, NODE_A))
  await report.step('node-a stages it', () => pod.start())
  return pod
}

async function restore(scene: Scene, snapshot: string, wanted: string): Promise<Volume> {
  const { report, attacher, ledger, provisioner, snapshotter } = scene
  const restored = await report.step(
    ({ id, wish }) => `the claim ${wish.claim} of 3 GiB is made from the snapshot -> ${id}`,
    () => provisioner.provision(RESTORED, snapshot),
  )
  const pod = await attachTo(scene, restored, NODE_B)
  ledger.expect(restored, attached(restored.id, NODE_B))
  await report.step(
    total => `node-b stages it: sha256 ${wanted}, the file system has ${(total / GIB).toFixed(2)} GiB`,
    () => sameInLarger(pod, wanted),
  )
  await report.step('the snapshot is deleted; what was made from it stays as it is', async () => {
    await snapshotter.remove(snapshot)
    same('the checksum', await checksum(pod), wanted)
  })
  await report.step('the restored volume is deleted', async () => {
    await pod.end()
    await attacher.detach(restored, NODE_B)
    await provisioner.remove(restored)
  })
  ledger.expect(restored, detached(restored.id, NODE_B))
  return restored
}

/** The bytes are those of the snapshot, and the file system fills the larger volume. Answers its size. */
async function sameInLarger(pod: Workload, wanted: string): Promise<number> {
  await pod.start()
  same('the checksum', await checksum(pod), wanted)
  const total = await pod.total()
  if (total < RESTORED.bytes * (1 - OVERHEAD)) throw new Error(`the file system has only ${total} bytes`)
  return total
}

async function rewritten(pod: Workload, word: string): Promise<string> {
  await pod.write(0, word.repeat(LENGTH / word.length).padEnd(LENGTH, '.'))
  return checksum(pod)
}

/** The first digits are enough to be told apart. */
async function checksum(pod: Workload): Promise<string> {
  const text = await pod.read(0, LENGTH)
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
