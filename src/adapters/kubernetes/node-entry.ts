import type { NodeObject } from './kube-objects.ts'

/** What is kept of a Node. */
export interface NodeEntry {
  readonly name: string
  /** False for a node that is lost though its object is there: not ready, and declared out of service. */
  readonly inService: boolean
}

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

export function nodeEntry({ metadata, spec, status }: NodeObject): NodeEntry | undefined {
  const name = metadata?.name
  if (name === undefined) return undefined
  const ready =
    status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
  const tainted = spec?.taints?.some(taint => taint.key === OUT_OF_SERVICE) ?? false
  return { name, inService: ready || !tainted }
}
