import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../../scripts/bundle.ts'

/** The shipped bundles; the node's with a host put into it, since it has none yet on which it could run. */
export interface Bundles {
  readonly controller: string
  readonly node: string
}

const NO_HOSTS = 'hosts:{}'

/** Builds them into the folder, so that what others build meanwhile does not matter. */
export async function buildBundles(folder: string): Promise<Bundles> {
  const bundles = { controller: join(folder, 'rds-csi.cjs'), node: join(folder, 'rds-csi-node.cjs') }
  const [controller, node] = await Promise.all([bundle('rds-csi'), bundle('rds-csi-node')])
  writeFileSync(bundles.controller, controller.code)
  writeFileSync(bundles.node, withHost(Buffer.from(node.code).toString('utf8')))
  copyFileSync(join(import.meta.dirname, 'idle-host.cjs'), join(folder, 'idle-host.cjs'))
  return bundles
}

function withHost(code: string): string {
  const parts = code.split(NO_HOSTS)
  if (parts.length !== 2) throw new Error(`the bundle says ${NO_HOSTS} ${parts.length - 1} times, not once`)
  return parts.join("hosts:require('./idle-host.cjs')")
}
