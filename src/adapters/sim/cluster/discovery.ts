import type { JsonObject } from './json.ts'
import { apiVersionOf, type Kind } from './kind.ts'
import { KINDS } from './kinds.ts'

/** The Kubernetes release whose behaviour is imitated. */
const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.3' }

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

function groupVersions(): ReadonlyMap<string, readonly Kind[]> {
  return Map.groupBy(KINDS, kind => apiVersionOf(kind))
}

function resources(kind: Kind): readonly JsonObject[] {
  const { plural, singular, shortNames, namespaced } = kind
  const short = shortNames.length > 0 ? { shortNames } : {}
  const main = { name: plural, singularName: singular, namespaced, kind: kind.kind, verbs: VERBS, ...short }
  const status = {
    name: `${plural}/status`,
    singularName: '',
    namespaced,
    kind: kind.kind,
    verbs: ['get', 'patch', 'update'],
  }
  return kind.status === 'none' ? [main] : [main, status]
}

function resourceList(groupVersion: string, kinds: readonly Kind[]): JsonObject {
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: kinds.flatMap(resources) }
}

function groupOf(kind: Kind): JsonObject {
  const version = { groupVersion: apiVersionOf(kind), version: kind.version }
  return { name: kind.group, versions: [version], preferredVersion: version }
}

function documents(): Readonly<Record<string, JsonObject>> {
  const grouped = [...groupVersions().entries()]
  const groups = grouped.flatMap(([, kinds]) => kinds.slice(0, 1)).filter(kind => kind.group !== '')
  const typed = { kind: 'APIGroup', apiVersion: 'v1' }
  return {
    '/version': { ...VERSION, platform: 'simulated' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupOf) },
    ...Object.fromEntries(groups.map(kind => [`/apis/${kind.group}`, { ...typed, ...groupOf(kind) }])),
    ...Object.fromEntries(
      grouped.map(([name, kinds]) => [
        name.includes('/') ? `/apis/${name}` : `/api/${name}`,
        resourceList(name, kinds),
      ]),
    ),
  }
}

const DOCUMENTS = documents()

/** The discovery document at that path, or undefined. */
export function discoveryAt(path: string): JsonObject | undefined {
  return DOCUMENTS[path === '/' ? path : path.replace(/\/$/, '')]
}
