import type { RunningDevice } from '../../../../../src/adapters/sim/routeros-device/running-device.ts'
import { exported, fileDisk, GIB } from '../model-device.ts'
import type { Args } from './service-client.ts'

export const SUBVOLUME = '/disk/btrfs/subvolume'
const RULE = '/ip/firewall/filter'
const STRANGE = `"quotes" $dollar ;semicolon [brackets] {braces} back\\slash ünïcode 😀 =equals ?mark #hash 'x'`

/** What every service must make the same of: changes of all kinds, some of which are refused. */
export const CHANGES: readonly (readonly [string, Args])[] = [
  ['/file/add', { name: 'storage-pool/v/deep', type: 'directory' }],
  ['/disk/add', fileDisk('one')],
  ['/disk/add', { ...fileDisk('two'), ...exported('nqn.2026-10.example:two'), comment: STRANGE }],
  ['/disk/add', fileDisk('one')],
  ['/disk/add', { ...fileDisk('three'), 'file-path': 'storage-pool/nowhere/x.img' }],
  ['/disk/add', { ...fileDisk('three'), 'file-size': String(2 ** 50) }],
  ['/disk/set', { numbers: 'one', comment: 'first' }],
  ['/disk/set', { numbers: 'one', 'file-size': String(2 * GIB) }],
  ['/disk/set', { numbers: 'nothing', comment: 'x' }],
  ['/disk/set', { numbers: 'two', 'nvme-tcp-server-allow-host-name': 'nqn.2026-10.example:host' }],
  ['/disk/disable', { numbers: 'one' }],
  ['/disk/enable', { numbers: 'one' }],
  ['/file/remove', { numbers: 'storage-pool/v/two.img' }],
  [`${SUBVOLUME}/add`, { fs: 'pool', name: 'vol' }],
  ['/disk/add', { ...fileDisk('three'), 'file-path': 'storage-pool/vol/volume.img' }],
  [`${SUBVOLUME}/add`, { fs: 'pool', name: 'snap', parent: 'vol', 'read-only': 'yes' }],
  [`${SUBVOLUME}/add`, { fs: 'pool', name: 'clone', parent: 'snap' }],
  [`${SUBVOLUME}/add`, { fs: 'pool', name: 'snap', parent: 'vol' }],
  ['/disk/add', { type: 'file', slot: 'four', 'file-path': 'storage-pool/clone/volume.img' }],
  [`${SUBVOLUME}/set`, { numbers: 'clone', 'read-only': 'yes' }],
  [`${RULE}/add`, { chain: 'input', action: 'accept', protocol: 'tcp', 'dst-port': '4420' }],
  [`${RULE}/add`, { chain: 'input', action: 'drop', protocol: 'tcp', comment: STRANGE }],
  ['/ip/firewall/address-list/add', { list: 'hosts', address: '10.0.0.1' }],
  ['/ip/firewall/address-list/add', { list: 'hosts', address: '10.0.0.1' }],
  ['/system/identity/set', { name: STRANGE }],
  ['/disk/remove', { numbers: 'one' }],
  ['/file/remove', { numbers: 'storage-pool/v/one.img' }],
]

/** What every service must read the same. */
export const READS: readonly (readonly [string, readonly string[], Args?])[] = [
  ['/disk', ['slot', 'type', 'size', 'free', 'mounted', 'fs', 'fs-label', 'mount-point']],
  ['/disk', ['slot', 'file-path', 'file-size', 'comment', 'disabled', 'nvme-tcp-export'], { type: 'file' }],
  ['/disk', ['.id', 'nvme-tcp-server-nqn', 'nvme-tcp-server-port', 'nvme-tcp-server-allow-host-name'], { slot: 'two' }],
  ['/disk', ['slot'], { comment: STRANGE }],
  ['/disk', ['slot'], { slot: 'nothing' }],
  ['/file', ['.id', 'name', 'type', 'size']],
  [SUBVOLUME, ['name', 'fullname', 'snapshot', 'read-only', 'creation-time']],
  [RULE, ['.id', 'chain', 'action', 'dst-port', 'comment', 'disabled']],
  ['/ip/firewall/address-list', ['list', 'address', 'dynamic']],
]

/** Everything that the device holds, but for what is made by chance. */
export function stateOf(device: RunningDevice) {
  const known = (row: object) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'uuid'))
  const rows = (path: string) => device.print(path).map(known)
  const menus = [SUBVOLUME, RULE, '/ip/firewall/address-list', '/system/identity']
  return { disks: device.disks(), files: device.files(), menus: menus.map(rows), free: device.free }
}
