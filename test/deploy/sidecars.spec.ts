import { readdirSync, readFileSync } from 'node:fs'
import {
  type KubernetesObject,
  loadAllYaml,
  type V1ClusterRole,
  type V1Container,
  type V1Deployment,
} from '@kubernetes/client-node'
import { describe, expect, it } from 'vitest'
import { readMutable } from '../../src/domain/mutable-parameters.ts'
import { readGroupParameters, unknownParameters } from '../../src/domain/snapshot-parameters.ts'
import { readParameters } from '../../src/domain/volume-parameters.ts'
import { INSTALLATION } from '../support/controller-house.ts'

type Class = KubernetesObject & {
  readonly driver?: string
  readonly driverName?: string
  readonly provisioner?: string
  readonly parameters?: Readonly<Record<string, string>>
}

const load = <T extends KubernetesObject>(file: string) => loadAllYaml(readFileSync(file, 'utf8')) as T[]
const containersOf = (file: string): readonly V1Container[] =>
  load<V1Deployment>(file)[0]?.spec?.template.spec?.containers ?? []
const DRIVER = 'rds.csi.srvlab.io'
const controller = 'deploy/kubernetes/controller.yaml'
const snapshotter = 'deploy/snapshots/snapshotter.yaml'

/** Whether a role of this file allows the verb. */
const allows = (file: string, role: string, [group, resource, verb]: readonly [string, string, string]) =>
  load<V1ClusterRole>(file)
    .filter(({ kind, metadata }) => kind?.endsWith('Role') === true && metadata?.name === role)
    .flatMap(({ rules = [] }) => rules)
    .some(
      rule =>
        rule.apiGroups?.includes(group) === true &&
        rule.resources?.includes(resource) === true &&
        rule.verbs.includes(verb),
    )

describe('the sidecars of the controller', () => {
  it('share one socket with it, and elect a leader each', () => {
    const containers = [...containersOf(controller), ...containersOf(snapshotter)]
    expect(containers.map(({ name }) => name)).toEqual([
      'rds-csi',
      'csi-provisioner',
      'csi-attacher',
      'csi-resizer',
      'csi-snapshotter',
    ])
    for (const { name, args, volumeMounts } of containers) {
      expect(volumeMounts, name).toContainEqual({ name: 'socket', mountPath: '/csi' })
      if (name === 'rds-csi') continue
      expect(args, name).toEqual(expect.arrayContaining(['--csi-address=/csi/csi.sock', '--leader-election']))
    }
  })

  it('publish the capacity, as the CSIDriver says, owned by the Deployment', () => {
    const provisioner = containersOf(controller).find(({ name }) => name === 'csi-provisioner')
    expect(provisioner?.args).toEqual(expect.arrayContaining(['--enable-capacity', '--capacity-ownerref-level=2']))
    const env = provisioner?.env?.map(({ name, valueFrom }) => [name, valueFrom?.fieldRef?.fieldPath])
    expect(env).toEqual([
      ['NAMESPACE', 'metadata.namespace'],
      ['POD_NAME', 'metadata.name'],
    ])
    expect(load<KubernetesObject & { spec: object }>('deploy/kubernetes/csidriver.yaml')[0]!.spec).toMatchObject({
      storageCapacity: true,
    })
    for (const verb of ['get', 'list', 'watch', 'create', 'update', 'delete']) {
      const wanted = ['storage.k8s.io', 'csistoragecapacities', verb] as const
      expect(allows('deploy/kubernetes/rbac-capacity.yaml', 'rds-csi-capacity', wanted), verb).toBe(true)
    }
    for (const wanted of [['', 'pods', 'get'] as const, ['apps', 'replicasets', 'get'] as const])
      expect(allows('deploy/kubernetes/rbac-capacity.yaml', 'rds-csi-capacity', wanted)).toBe(true)
  })
})

describe('the snapshotter', () => {
  it('joins the pod of the controller', () => {
    const [base, patch] = [load<V1Deployment>(controller)[0]!, load<V1Deployment>(snapshotter)[0]!]
    expect(patch.metadata).toEqual(base.metadata)
    expect(readFileSync('deploy/snapshots/kustomization.yaml', 'utf8')).toMatch(
      /patches:\n {2}- path: snapshotter\.yaml/,
    )
  })

  it('takes no groups unless told to', () => {
    const [container] = containersOf(snapshotter)
    expect(container?.args).toContain('--feature-gates=CSIVolumeGroupSnapshot=false')
  })

  it('may do to the objects of snapshots what it has to, under the account of the controller', () => {
    const file = 'deploy/snapshots/rbac-snapshotter.yaml'
    for (const [group, resource, verbs] of [
      ['snapshot.storage.k8s.io', 'volumesnapshotcontents', ['get', 'list', 'watch', 'update', 'patch']],
      ['snapshot.storage.k8s.io', 'volumesnapshotcontents/status', ['update', 'patch']],
      ['snapshot.storage.k8s.io', 'volumesnapshotclasses', ['get', 'list', 'watch']],
      ['groupsnapshot.storage.k8s.io', 'volumegroupsnapshotcontents', ['get', 'list', 'watch', 'update', 'patch']],
      ['groupsnapshot.storage.k8s.io', 'volumegroupsnapshotcontents/status', ['update', 'patch']],
      ['coordination.k8s.io', 'leases', ['get', 'create', 'update']],
    ] as const)
      for (const verb of verbs)
        expect(allows(file, 'rds-csi-snapshotter', [group, resource, verb]), `${resource} ${verb}`).toBe(true)
    const bindings = load<KubernetesObject & { subjects?: { name: string }[] }>(file).filter(({ kind }) =>
      kind?.endsWith('Binding'),
    )
    expect(bindings.map(({ subjects }) => subjects?.map(({ name }) => name))).toEqual([
      ['rds-csi-controller'],
      ['rds-csi-controller'],
    ])
  })

  it.each(['deploy/snapshots', 'deploy/kubernetes'])('%s lists files that are there, and all of them', folder => {
    const listed = readFileSync(`${folder}/kustomization.yaml`, 'utf8').match(/[a-z-]+\.yaml/g)
    expect(listed?.toSorted()).toEqual(readdirSync(folder).filter(file => file !== 'kustomization.yaml'))
  })
})

describe('the classes', () => {
  it('name the driver and have only parameters that it takes', () => {
    const storage = load<Class>('deploy/kubernetes/storageclass.yaml')[0]!
    expect(storage.provisioner).toBe(DRIVER)
    expect(readParameters(storage.parameters ?? {}, INSTALLATION)).not.toHaveProperty('problems')
    const snapshot = load<Class>('deploy/snapshots/volumesnapshotclass.yaml')[0]!
    expect(snapshot.driver).toBe(DRIVER)
    expect(unknownParameters(snapshot.parameters ?? {}, [])).toBeUndefined()
    const group = load<Class>('deploy/examples/volumegroupsnapshotclass.yaml')[0]!
    expect(group.driver).toBe(DRIVER)
    expect(readGroupParameters(group.parameters ?? {})).toEqual({ consistency: 'sequential' })
    const attributes = load<Class>('deploy/examples/volumeattributesclass.yaml')[0]!
    expect(attributes.driverName).toBe(DRIVER)
    expect(readMutable(attributes.parameters ?? {})).toEqual({ note: 'cost centre 4711' })
  })
})
