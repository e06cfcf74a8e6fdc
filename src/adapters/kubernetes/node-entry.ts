import { isIpAddress } from '../../domain/ip-address.ts'
import type { NodeObject } from './kube-objects.ts'

/** What is kept of a Node. */
export interface NodeEntry {
  readonly name: string
  /** False for a node that is lost though its object is there: not ready, and declared out of service. */
  readonly inService: boolean
  /** From which it connects to the appliance; each once. */
  readonly addresses: readonly string[]
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

/** Of a node that connects from a network of its own: `<driver>/source-addresses: 10.0.0.1,10.0.0.2`. */
const SOURCES = 'source-addresses'

export function nodeEntry(object: NodeObject, driverName: string): NodeEntry | undefined {
  const { name, annotations } = object.metadata ?? {}
  if (name === undefined) return undefined
  const told = annotations?.[`${driverName}/${SOURCES}`]
  return { name, inService: isInService(object), addresses: told === undefined ? internal(object) : listed(told) }
}

function isInService({ spec, status }: NodeObject): boolean {
  const ready =
    status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
  const tainted = spec?.taints?.some(taint => taint.key === OUT_OF_SERVICE) ?? false
  return ready || !tainted
}

function internal({ status }: NodeObject): readonly string[] {
  const known = status?.addresses?.filter(({ type }) => type === 'InternalIP').map(({ address = '' }) => address)
  return addressesIn(known ?? [])
}

const listed = (text: string): readonly string[] => addressesIn(text.split(',').map(part => part.trim()))

const addressesIn = (texts: readonly string[]): readonly string[] => [...new Set(texts.filter(isIpAddress))]
