import { attached, detached } from '../expected-events.ts'
import { attachTo, GIB, NODE_A, NODE_B, type NodeName, same, type Scene } from '../scene.ts'
import type { Volume } from '../volume.ts'
import type { Workload } from '../workload.ts'

const WORDS = 'a file that has to stay'
/** What a file system may keep for itself. */
const OVERHEAD = 0.05

/** Formatted once and never again, wherever it is staged; grows while it is detached. */
export async function useFileSystem(scene: Scene, volume: Volume): Promise<void> {
  const { report } = scene
  report.chapter('files is a file system')
  await report.step('node-a stages the blank volume: it is formatted; the pod writes a file', () =>
    usedOn(scene, volume, NODE_A, async workload => {
      await workload.start()
      same('formatted on node-a', await mountWork(scene, NODE_A, 'format'), 1)
      await workload.write(0, WORDS)
    }),
  )
  await report.step('node-b stages it: checked, not formatted again; the file is there', () =>
    usedOn(scene, volume, NODE_B, async workload => {
      await workload.start()
      same('formatted on node-b', await mountWork(scene, NODE_B, 'format'), 0)
      same('checked on node-b', await mountWork(scene, NODE_B, 'check'), 1)
      same('the file', await workload.read(0, WORDS.length), WORDS)
    }),
  )
  await grow(scene, volume)
}

async function grow(scene: Scene, volume: Volume): Promise<void> {
  const { report, provisioner } = scene
  await report.step('the claim asks for 2 GiB: the detached volume grows on the appliance', async () => {
    same('the size', await provisioner.expand(volume, 2 * GIB), 2 * GIB)
  })
  await report.step(
    total => `node-b stages it: the file system has ${(total / GIB).toFixed(2)} GiB now, the file is there`,
    () =>
      usedOn(scene, volume, NODE_B, async workload => {
        await workload.stage()
        same('the size that node-b sees', await workload.expand(2 * GIB), 2 * GIB)
        await workload.publish()
        same('the file', await workload.read(0, WORDS.length), WORDS)
        return sizeOf(workload)
      }),
  )
}

async function sizeOf(workload: Workload): Promise<number> {
  const total = await workload.total()
  if (total < 2 * GIB * (1 - OVERHEAD)) throw new Error(`the file system has only ${total} bytes`)
  return total
}

/** Attached, used, unmounted and detached. */
async function usedOn<T>(
  scene: Scene,
  volume: Volume,
  node: NodeName,
  use: (workload: Workload) => Promise<T>,
): Promise<T> {
  const { ledger, attacher } = scene
  const workload = await attachTo(scene, volume, node)
  ledger.expect(volume, attached(volume.id, node))
  const result = await use(workload)
  await workload.end()
  await attacher.detach(volume, node)
  ledger.expect(volume, detached(volume.id, node))
  return result
}

const mountWork = async ({ metrics }: Scene, node: NodeName, operation: string): Promise<number | undefined> =>
  (await metrics(node)).value('rds_csi_mount_operations_total', { operation, status: 'success' })
