import { readdirSync, readFileSync } from 'node:fs'
import { type KubernetesObject, loadAllYaml, type V1ClusterRole, type V1Deployment } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigurationError, controllerConfig } from '../../src/config.ts'
import { about, nodeA, openEventRig, started } from '../adapters/kubernetes/event-rig.ts'
import type { Rig } from '../adapters/kubernetes/rig.ts'

const FOLDER = 'deploy/kubernetes'

const objects = readdirSync(FOLDER)
  .filter(file => file !== 'kustomization.yaml')
  .flatMap(file => loadAllYaml(readFileSync(`${FOLDER}/${file}`, 'utf8')) as KubernetesObject[])

const ofKind = <T>(kind: string): T[] => objects.filter(object => object.kind === kind) as unknown as T[]

/** The driver's own roles; those of the sidecars are in sidecars.spec.ts. */
const rules = [...ofKind<V1ClusterRole>('ClusterRole'), ...ofKind<V1ClusterRole>('Role')]
  .filter(({ metadata }) => metadata?.name === 'rds-csi-controller')
  .flatMap(role => role.rules ?? [])

const groupOf = (path: string) => /^\/apis\/([^/]+)\//.exec(path)?.[1] ?? ''

const mayDo = (path: string, verb: string, resource: string): boolean =>
  rules.some(
    rule => rule.apiGroups?.includes(groupOf(path)) && rule.resources?.includes(resource) && rule.verbs.includes(verb),
  )

describe('the controller manifest', () => {
  it('gives flags that the controller takes', () => {
    const [deployment] = ofKind<V1Deployment>('Deployment')
    const container = deployment?.spec?.template.spec?.containers.find(({ name }) => name === 'rds-csi')
    const [program, ...flags] = container?.args ?? []
    expect(program).toBe('controller')
    const env = { KUBERNETES_SERVICE_HOST: '192.0.2.1', POD_NAME: 'a', POD_NAMESPACE: 'rds-csi' }
    let mistakes: readonly string[] = []
    try {
      controllerConfig(flags, env)
    } catch (error) {
      mistakes = (error as ConfigurationError).mistakes
    }
    // The secret is mounted in the pod, not here.
    expect(mistakes).toEqual(['--rds-password-file=/secrets/password cannot be read (ENOENT)'])
  })

  it('lists every file in the kustomization', () => {
    const listed = readFileSync(`${FOLDER}/kustomization.yaml`, 'utf8').match(/[a-z-]+\.yaml/g)
    expect(listed?.toSorted()).toEqual(readdirSync(FOLDER).filter(file => file !== 'kustomization.yaml'))
  })
})

describe('the roles', () => {
  let rig: Rig

  beforeAll(async () => {
    rig = await openEventRig()
    const attached = { type: 'attached', node: nodeA, beside: [] } as const
    rig.events.publish(started, about())
    rig.annotations.publish(started, about())
    rig.events.publish(attached, about())
    await rig.connection.idle()
    rig.events.publish(attached, about()) // the same again becomes a series
    await rig.connection.idle()
    const [record] = rig.cluster.attachments()
    if (record !== undefined) await rig.cluster.stillThere(record, AbortSignal.timeout(5000))
    await rig.references.list(AbortSignal.timeout(5000))
    for (let write = 0; write < 2; write += 1) {
      const { version } = await rig.ledger.read(AbortSignal.timeout(5000))
      await rig.ledger.write({ entries: new Map(), version }, AbortSignal.timeout(5000))
    }
    const { leadership, connection } = rig.replica({ leaderElection: true })
    const end = new AbortController()
    await leadership.acquire(end.signal)
    end.abort(new Error('enough'))
    await connection.close() // waits until the Lease is given back
  })
  afterAll(() => rig.close())

  it('allow each request that the driver makes, and no verb that it never uses', () => {
    const made = rig.server.faults.requests.flatMap(({ path, verb, resource }) =>
      verb === undefined || resource === undefined ? [] : [{ path, verb, resource }],
    )
    expect(made.filter(({ path, verb, resource }) => !mayDo(path, verb, resource))).toEqual([])
    const used = new Set(made.map(({ path, verb, resource }) => `${groupOf(path)}/${resource} ${verb}`))
    const granted = rules.flatMap(rule =>
      (rule.apiGroups ?? []).flatMap(group =>
        (rule.resources ?? []).flatMap(resource => rule.verbs.map(verb => `${group}/${resource} ${verb}`)),
      ),
    )
    expect(granted.filter(grant => !used.has(grant))).toEqual([])
  })
})
