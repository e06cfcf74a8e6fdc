import { once } from 'node:events'
import { join } from 'node:path'
import { alignColumns } from './columns.ts'
import type { Installation } from './installation.ts'
import { attachTo, GIB, NODE_A, NODE_B, type Scene } from './scene.ts'

const CLAIM = 'playground'

/** Leaves one volume in use, says how to reach everything, and waits to be told to end. */
export async function playground(scene: Scene, installation: Installation): Promise<void> {
  const { report, provisioner, signal } = scene
  report.chapter('It stays up until Ctrl-C')
  await report.step(`claim ${CLAIM} is a volume that a pod on ${NODE_A} uses, for you to look at`, async () => {
    const wish = { claim: CLAIM, mode: 'Block', access: 'ReadWriteMany', bytes: GIB, parameters: {} } as const
    await (await attachTo(scene, await provisioner.provision(wish), NODE_A)).start()
  })
  report.block(['', ...(await howToReach(installation))])
  if (!signal.aborted) await once(signal, 'abort')
}

async function howToReach(installation: Installation): Promise<readonly string[]> {
  const { kubeconfig, appliance, controller, nodes } = installation
  const kubectl = `kubectl --kubeconfig=${kubeconfig}`
  return [
    ...alignColumns([
      ['kubeconfig', kubeconfig],
      ['CSI socket of the controller', `unix://${controller.socket}`],
      ...[NODE_A, NODE_B].map(node => [`CSI socket of ${node}`, `unix://${nodes[node as typeof NODE_A].socket}`]),
      ['metrics of the controller', await installation.metricsUrl('controller')],
      [`metrics of ${NODE_A}`, await installation.metricsUrl(NODE_A)],
      [`metrics of ${NODE_B}`, await installation.metricsUrl(NODE_B)],
      ['RouterOS API of the appliance', `${appliance.apiTls} (TLS, SHA-256 ${appliance.fingerprint})`],
      ['  user, file with the password', `admin, ${appliance.passwordFile}`],
      ['block port of the appliance', appliance.blocks],
      ['folder of this', join(kubeconfig, '..')],
    ]),
    '',
    'Try:',
    `  ${kubectl} describe pvc ${CLAIM}`,
    `  ${kubectl} get pv,volumeattachments`,
    `  ${kubectl} get events --field-selector involvedObject.name=${CLAIM}`,
    `  curl ${await installation.metricsUrl('controller')}`,
  ]
}
