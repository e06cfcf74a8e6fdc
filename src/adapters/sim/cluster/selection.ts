import { parseFieldSelector } from './field-selector.ts'
import type { KubeObject } from './kube-object.ts'
import { parseLabelSelector } from './label-selector.ts'
import type { Target } from './request-target.ts'

/** Which objects of a collection a request wants to see. */
export interface Selection {
  /** True without any selector; a namespace is none. */
  readonly everything: boolean
  readonly matches: (object: KubeObject) => boolean
}

/** Reads the selectors of a list or watch; throws ApiError 400 for wrong ones. */
export function selectionOf({ kind, namespace, inNamespace }: Target, query: URLSearchParams): Selection {
  const labels = query.get('labelSelector') ?? ''
  const fields = query.get('fieldSelector') ?? ''
  const hasLabels = parseLabelSelector(labels)
  const hasFields = parseFieldSelector(kind, fields)
  return {
    everything: labels === '' && fields === '',
    matches: object =>
      (!inNamespace || object.metadata.namespace === namespace) &&
      hasFields(object) &&
      hasLabels(object.metadata.labels),
  }
}
