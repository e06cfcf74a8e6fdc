import { attached } from '../expected-events.ts'
import { attachTo, NODE_A, same, type Scene } from '../scene.ts'
import type { Volume } from '../volume.ts'
import type { Workload } from '../workload.ts'

export const FIRST_WORDS = 'written on node-a'

/** Publish, stage, publish to the pod, write: each step of the way of a volume into a pod. */
export async function useFirst(scene: Scene, volume: Volume): Promise<Workload> {
  const { report, ledger } = scene
  report.chapter('A virtual machine starts on node-a with vm-disk')
  const vm = await report.step('the controller attaches the volume: the appliance exports it', () =>
    attachTo(scene, volume, NODE_A),
  )
  ledger.expect(volume, attached(volume.id, NODE_A))
  await report.step('node-a connects to it (stage)', () => vm.stage())
  await report.step('node-a gives it to the pod (publish)', () => vm.publish())
  await report.step(`the pod writes "${FIRST_WORDS}", and reads it back`, async () => {
    await vm.write(0, FIRST_WORDS)
    same('the bytes at the start', await vm.read(0, FIRST_WORDS.length), FIRST_WORDS)
  })
  return vm
}
