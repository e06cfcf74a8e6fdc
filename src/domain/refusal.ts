import type { NodeId } from './ids.ts'

/** Why a publish may not go ahead. */
export type Refusal =
  | { readonly kind: 'held-elsewhere'; readonly holders: readonly NodeId[] }
  | { readonly kind: 'two-holders'; readonly holders: readonly NodeId[] }
  | { readonly kind: 'holder-lost'; readonly holders: readonly NodeId[] }
  | { readonly kind: 'fenced-to-holder'; readonly holders: readonly NodeId[] }
  | { readonly kind: 'terms-differ'; readonly holders: readonly NodeId[]; readonly held: string }
