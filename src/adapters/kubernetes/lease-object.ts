import type { Instant, Millis } from '../../domain/ids.ts'
import { type KubeObject, microTime, timeOf } from './kube-objects.ts'

export interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null
    readonly leaseDurationSeconds?: number | null
    readonly acquireTime?: string | null
    readonly renewTime?: string | null
    readonly leaseTransitions?: number | null
  }
}

const INCARNATION = 'rds-csi/incarnation'

/** The Lease's name; what a name may not hold becomes a hyphen. */
export function leaseName(driverName: string): string {
  const sanitised = driverName.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')
  return `rds-csi-${sanitised}`.slice(0, 253).replace(/[^a-z0-9]+$/, '')
}

/** Who holds it; empty where it was given back. */
export const holderOf = (lease: LeaseObject): string => lease.spec?.holderIdentity ?? ''

/** Whether this very process holds it, and not a former or second one of its identity. */
export const isHeldBy = (lease: LeaseObject, { identity, incarnation }: Claimant): boolean =>
  holderOf(lease) === identity && lease.metadata?.annotations?.[INCARNATION] === incarnation

/** When its holder renewed it last; undefined where nobody ever did. Giving it back does not change that. */
export const renewedAt = (lease: LeaseObject | undefined): Instant | undefined => timeOf(lease?.spec?.renewTime)

/** How long after a renewal nobody else may take it. */
export const durationOf = (lease: LeaseObject, byDefault: Millis): Millis => {
  const seconds = lease.spec?.leaseDurationSeconds ?? 0
  return seconds > 0 ? seconds * 1000 : byDefault
}

/** A process that wants a lease, by its name and address there. */
export interface Candidate {
  readonly namespace: string
  readonly name: string
  /** Unique for each replica; the same after a restart. */
  readonly identity: string
  readonly duration: Millis
}

/** A candidate that takes it. */
export interface Claimant extends Candidate {
  /** Tells it from every other one of the same identity. */
  readonly incarnation: string
}

/** The Lease as this claimant writes it; the previous one's resource version makes sure that nobody was faster. */
export function claimed(previous: LeaseObject | undefined, claimant: Claimant, now: Instant): LeaseObject {
  const { identity, duration } = claimant
  const same = previous !== undefined && holderOf(previous) === identity
  const transitions = previous?.spec?.leaseTransitions ?? 0
  return {
    ...head(previous, claimant),
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(duration / 1000),
      acquireTime: (same ? previous.spec?.acquireTime : undefined) ?? microTime(now),
      renewTime: microTime(now),
      leaseTransitions: transitions + (same || previous === undefined ? 0 : 1),
    },
  }
}

/** The Lease as its holder gives it back. By then its work has ended, so that its last renewal stays what is known of that. */
export function released(previous: LeaseObject, claimant: Claimant): LeaseObject {
  return { ...head(previous, claimant), spec: { ...previous.spec, holderIdentity: '', leaseDurationSeconds: 1 } }
}

function head(previous: LeaseObject | undefined, { namespace, name, incarnation }: Claimant) {
  const { resourceVersion, annotations } = previous?.metadata ?? {}
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...previous?.metadata,
      namespace,
      name,
      annotations: { ...annotations, [INCARNATION]: incarnation },
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  }
}
